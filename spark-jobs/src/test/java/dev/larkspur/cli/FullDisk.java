package dev.larkspur.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system, full as soon as a certain file is written. */
public final class FullDisk extends RawLocalFileSystem {
  static final String FULL_AT = "test.disk.full-at";
  private static final int BYTES_LEFT = 1000;

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    return file.toString().contains(getConf().get(FULL_AT, "nothing"))
        ? new FSDataOutputStream(new Full(out), null)
        : out;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(file, null, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static final class Full extends OutputStream {
    private final OutputStream out;
    private int left = BYTES_LEFT;

    Full(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      if (left-- <= 0) {
        throw noRoom();
      }
      out.write(value);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** What Hadoop's local file system throws; its constructor is not public. */
  private static FSError noRoom() {
    try {
      Constructor<FSError> constructor = FSError.class.getDeclaredConstructor(Throwable.class);
      constructor.setAccessible(true);
      return constructor.newInstance(new IOException("No space left on device"));
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException(changed);
    }
  }
}
