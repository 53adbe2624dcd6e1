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
 * A file while it is written. Hadoop's local file system throws an Error when the disk is full;
 * here it is an {@link UnwritableFileException}.
 */
public final class NewFile extends FilterOutputStream {
  private static final String OBJECT_STORE = "s3a";
  private static final String WITHOUT_LOOKING = "fs.s3a.create.performance";

  private final Path path;
  private final FSDataOutputStream file;

  /** What a file system has opened for writing. */
  public NewFile(Path path, FSDataOutputStream file) {
    super(file);
    this.path = path;
    this.file = file;
  }

  /** Begins a file, over one of the same name; folders above it are made. */
  public static NewFile create(FileSystem files, Path path) throws IOException {
    return new NewFile(
        path,
        isWholeOnceThere(files) ? createWithoutLooking(files, path) : files.create(path, true));
  }

  /** Whether files of a file system are there only once they are whole. */
  public static boolean isWholeOnceThere(FileSystem files) {
    return OBJECT_STORE.equals(files.getUri().getScheme());
  }

  /** Hadoop asks an object store first whether there is something of that name: two requests. */
  private static FSDataOutputStream createWithoutLooking(FileSystem files, Path path)
      throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(path);
    builder.overwrite(true);
    builder.recursive();
    builder.opt(WITHOUT_LOOKING, true);
    return builder.build();
  }

  /**
   * Gives the file up, if its file system can do so without a trace: an object store would show the
   * half-written file once it is closed.
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

  /** Makes what was written so far outlast a loss of power, where the file system can do so. */
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

  /** A file that cannot be written to its end; the message names it and says why. */
  public static final class UnwritableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnwritableFileException(Path file, Throwable cause) {
      super(file + " cannot be written: " + TaskFailures.rootMessage(cause), cause);
    }
  }
}
