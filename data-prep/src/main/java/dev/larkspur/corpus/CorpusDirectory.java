package dev.larkspur.corpus;

import dev.larkspur.document.NewFile;
import dev.larkspur.document.RawFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.functional.FutureIO;

/** The directory of a corpus on any Hadoop file system. */
final class CorpusDirectory {
  static final String REJECTED = "rejected";
  static final String DROPPED = "dropped";

  /** Directories of what is not in the corpus. */
  static final List<String> LEFT_OUT = List.of(REJECTED, DROPPED);

  /** Hadoop's name for: fail if the file exists, without a look at it beforehand. */
  private static final String CREATE_CONDITIONALLY = "fs.option.create.conditional.overwrite";

  private final Path directory;
  private final FileSystem files;

  CorpusDirectory(String directory, Configuration conf) {
    try {
      this.directory = new Path(directory);
      this.files = RawFiles.of(this.directory, conf);
    } catch (IOException | IllegalArgumentException failure) {
      throw new CorpusException(
          "Cannot use "
              + directory
              + " as a corpus ("
              + failure.getMessage()
              + "): correct the path or the settings of its file system.",
          failure);
    }
  }

  FileSystem files() {
    return files;
  }

  /** The place of one part in a directory that all parts share; the first part has its root. */
  static String ofPart(String shared, int part) {
    return part == 1 ? shared : shared + "/" + PaddedNumber.of(part, 6);
  }

  Path path(String name) {
    return new Path(directory, name);
  }

  /** Names and lengths of all entries, ordered by name; empty if there is no such directory. */
  SortedMap<String, FileStatus> list() throws IOException {
    SortedMap<String, FileStatus> entries = new TreeMap<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        entries.put(status.getPath().getName(), status);
      }
    } catch (FileNotFoundException none) {
      return entries;
    }
    return entries;
  }

  /** Deletes the directory if nothing is in it. */
  void deleteIfEmpty() throws IOException {
    if (list().isEmpty()) {
      files.delete(directory, false);
    }
  }

  byte[] read(String name) throws IOException {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    }
  }

  /**
   * Writes a file that must not exist. Where two try, one succeeds: object stores that know
   * conditional requests decide when the content arrives, other file systems when the file is made.
   *
   * @throws FileAlreadyExistsException if there is one of that name
   */
  void createNew(String name, byte[] bytes) throws IOException {
    if (files instanceof RawLocalFileSystem local) {
      reserve(local, name);
      fill(name, bytes);
      return;
    }
    FSDataOutputStreamBuilder<?, ?> file = files.createFile(path(name));
    file.overwrite(false);
    file.recursive();
    file.opt(CREATE_CONDITIONALLY, true);
    try (NewFile out = new NewFile(path(name), file.build())) {
      writeOrAbort(out, bytes);
    } catch (PathIOException refused) {
      // What s3a makes of the store's answer that the condition does not hold.
      throw files.exists(path(name)) ? exists(name, refused) : refused;
    }
  }

  /** Hadoop's local file system looks and then writes; only the system's own call does both. */
  private void reserve(RawLocalFileSystem local, String name) throws IOException {
    local.mkdirs(path(name).getParent());
    if (!local.pathToFile(path(name)).createNewFile()) {
      throw exists(name, null);
    }
  }

  /** What was reserved and cannot be filled would stand in the way of the next run. */
  private void fill(String name, byte[] bytes) throws IOException {
    try {
      replace(name, bytes);
    } catch (IOException failure) {
      delete(name);
      throw failure;
    }
  }

  private static void writeOrAbort(NewFile out, byte[] bytes) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException failure) {
      out.abort();
      throw failure;
    }
  }

  private FileAlreadyExistsException exists(String name, IOException cause) {
    FileAlreadyExistsException exists =
        new FileAlreadyExistsException(path(name) + " is there already");
    exists.initCause(cause);
    return exists;
  }

  /** Writes a file, over one of the same name. */
  void replace(String name, byte[] bytes) throws IOException {
    try (OutputStream out = NewFile.create(files, path(name))) {
      out.write(bytes);
    }
  }

  void delete(String name) throws IOException {
    // Rejected and dropped records are directories.
    files.delete(path(name), true);
  }

  /**
   * Ends uploads of parts that killed runs have left, which an object store would keep and charge.
   */
  void abortUploads() throws IOException {
    if (!files.hasPathCapability(directory, CommonPathCapabilities.FS_MULTIPART_UPLOADER)) {
      return;
    }
    try (MultipartUploader uploads = files.createMultipartUploader(directory).build()) {
      FutureIO.awaitFuture(uploads.abortUploadsUnderPath(directory));
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
