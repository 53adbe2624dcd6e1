package dev.larkspur.storage;

import dev.larkspur.storage.Lease.LeasePurpose;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The numbered leases for one kind of work in a directory. */
final class LeaseFolder {
  private final FileSystem files;
  private final Path directory;
  private final LeasePurpose work;
  private final Pattern name;

  LeaseFolder(FileSystem files, Path directory, LeasePurpose work) {
    this.files = files;
    this.directory = directory;
    this.work = work;
    this.name = Pattern.compile(work.name() + "-(\\d{6,9})\\.lease");
  }

  /** The number of the newest lease, if there is any. */
  OptionalInt highest() throws IOException {
    OptionalInt highest = OptionalInt.empty();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        Matcher matcher = name.matcher(status.getPath().getName());
        if (matcher.matches()) {
          int number = Integer.parseInt(matcher.group(1));
          highest = OptionalInt.of(Math.max(number, highest.orElse(number)));
        }
      }
    } catch (FileNotFoundException none) {
      return OptionalInt.empty();
    }
    return highest;
  }

  /** The content of a lease; empty if it was released. */
  String read(int number) throws IOException {
    try (InputStream in = files.open(path(number))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException givenBack) {
      return "";
    }
  }

  /** When a lease was last renewed, by the clock of the file system. */
  Instant modified(int number) throws IOException {
    return Instant.ofEpochMilli(files.getFileStatus(path(number)).getModificationTime());
  }

  void createNew(int number, byte[] content) throws IOException {
    ExclusiveFile.write(files, path(number), content);
  }

  void replace(int number, byte[] content) throws IOException {
    try (OutputStream out = NewFile.create(files, path(number))) {
      out.write(content);
    }
  }

  void delete(int number) throws IOException {
    files.delete(path(number), false);
  }

  /** The path of a lease; digits are ASCII in every locale. */
  Path path(int number) {
    return new Path(directory, String.format(Locale.ROOT, "%s-%06d.lease", work.name(), number));
  }

  /** A failure because another process does the work. */
  TryAgainException busy(String what, Throwable cause) {
    return new TryAgainException(
        "Another %s %s %s: wait until it has ended, then run the same command again."
            .formatted(work.words(), directory, what),
        cause);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
