package dev.larkspur.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.functional.FutureIO;

/** Files that must not exist: of two processes that write the same file, one succeeds. */
public final class ExclusiveFile {
  /** Hadoop's option to fail if the file exists, without checking beforehand. */
  private static final String CREATE_CONDITIONALLY = "fs.option.create.conditional.overwrite";

  private ExclusiveFile() {}

  /**
   * Writes a small file. Object stores with conditional requests decide when the content arrives,
   * other file systems when the file is created.
   *
   * <p>If the response to a request is lost, the client retries, and the store refuses what it has
   * already stored. A file with exactly these bytes therefore counts as written, whatever went
   * wrong: writers that must be distinguished put a unique id into the bytes.
   *
   * @throws FileAlreadyExistsException if another file of that name exists
   */
  public static void write(FileSystem files, Path file, byte[] bytes) throws IOException {
    if (files instanceof RawLocalFileSystem local) {
      reserve(local, file);
      fill(local, file, bytes);
      return;
    }
    try {
      create(files, file, bytes);
    } catch (IOException failure) {
      Optional<byte[]> found = read(files, file, failure);
      if (found.isPresent() && Arrays.equals(found.get(), bytes)) {
        return;
      }
      // s3a throws a PathIOException if the condition does not hold.
      throw found.isPresent() && failure instanceof PathIOException
          ? exists(file, failure)
          : failure;
    }
  }

  private static void create(FileSystem files, Path file, byte[] bytes) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(file);
    builder.overwrite(false);
    builder.recursive();
    builder.opt(CREATE_CONDITIONALLY, true);
    try (NewFile out = new NewFile(file, builder.build())) {
      writeOrAbort(out, bytes);
    }
  }

  private static Optional<byte[]> read(FileSystem files, Path file, IOException failure) {
    try (InputStream in = files.open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (IOException second) {
      failure.addSuppressed(second);
      return Optional.empty();
    }
  }

  /** Hadoop's local file system checks and then writes; only a system call does both atomically. */
  private static void reserve(RawLocalFileSystem local, Path file) throws IOException {
    local.mkdirs(file.getParent());
    if (!local.pathToFile(file).createNewFile()) {
      throw exists(file, null);
    }
  }

  /**
   * Fills a reserved file; one that cannot be filled is deleted, because it would block the next
   * run.
   */
  private static void fill(FileSystem files, Path file, byte[] bytes) throws IOException {
    try (NewFile out = NewFile.create(files, file)) {
      out.write(bytes);
    } catch (IOException failure) {
      files.delete(file, false);
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

  private static FileAlreadyExistsException exists(Path file, IOException cause) {
    FileAlreadyExistsException exists = new FileAlreadyExistsException(file + " exists already");
    exists.initCause(cause);
    return exists;
  }

  /** Multipart uploads, of which an object store keeps what a killed process has sent. */
  public static final class Uploads {
    private Uploads() {}

    /**
     * Aborts the unfinished uploads below a directory: the store would keep their parts, and charge
     * for them. Only the sole writer of the directory may call this.
     */
    public static void abortBelow(FileSystem files, Path directory) throws IOException {
      if (!files.hasPathCapability(directory, CommonPathCapabilities.FS_MULTIPART_UPLOADER)) {
        return;
      }
      try (MultipartUploader uploads = files.createMultipartUploader(directory).build()) {
        FutureIO.awaitFuture(uploads.abortUploadsUnderPath(directory));
      }
    }
  }
}
