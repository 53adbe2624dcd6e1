package dev.larkspur.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * A file that is being written. Hadoop's local file system throws an Error when the disk is full;
 * this class throws an {@link UnwritableFileException} instead.
 */
public final class NewFile extends FilterOutputStream {
  private static final String OBJECT_STORE = "s3a";
  private static final String SKIP_EXISTENCE_CHECK = "fs.s3a.create.performance";

  private final Path path;
  private final FSDataOutputStream file;

  /** Wraps a file that is open for writing. */
  public NewFile(Path path, FSDataOutputStream file) {
    super(file);
    this.path = path;
    this.file = file;
  }

  /** Creates a file, replacing one of the same name; missing parent directories are created. */
  public static NewFile create(FileSystem files, Path path) throws IOException {
    return new NewFile(
        path,
        isVisibleOnlyWhenComplete(files) ? createUnchecked(files, path) : files.create(path, true));
  }

  /** Whether files of a file system become visible only when they are complete. */
  public static boolean isVisibleOnlyWhenComplete(FileSystem files) {
    return OBJECT_STORE.equals(files.getUri().getScheme());
  }

  /**
   * Creates a file without Hadoop's check for existing names, which costs two requests to an object
   * store.
   */
  private static FSDataOutputStream createUnchecked(FileSystem files, Path path)
      throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(path);
    builder.overwrite(true);
    builder.recursive();
    builder.opt(SKIP_EXISTENCE_CHECK, true);
    return builder.build();
  }

  /**
   * Aborts the write, if its file system can discard the file: an object store would publish the
   * incomplete file when it is closed.
   *
   * @return false if it cannot, and the file must be closed and deleted
   */
  public boolean abort() {
    if (!file.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
      return false;
    }
    file.abort();
    return true;
  }

  /** Bytes written so far. */
  public long length() {
    return file.getPos();
  }

  @Override
  public void write(int value) throws IOException {
    checked(() -> file.write(value));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checked(() -> file.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    checked(file::flush);
  }

  /**
   * Persists what was written so far, so that it survives a loss of power, if the file system
   * supports that.
   */
  public void sync() throws IOException {
    if (file.hasCapability(StreamCapabilities.HSYNC)) {
      checked(file::hsync);
    }
  }

  @Override
  public void close() throws IOException {
    checked(file::close);
  }

  @FunctionalInterface
  private interface Act {
    void run() throws IOException;
  }

  private void checked(Act act) throws IOException {
    try {
      act.run();
    } catch (FSError full) {
      throw new UnwritableFileException(path, full);
    }
  }

  /** A file could not be written completely; the message names it and the reason. */
  public static final class UnwritableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnwritableFileException(Path file, Throwable cause) {
      super(file + " cannot be written: " + TaskFailures.rootMessage(cause), cause);
    }
  }
}
