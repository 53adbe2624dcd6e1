package dev.larkspur.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSError;

/**
 * Hadoop's local file system throws an Error when the disk is full; here it is an IOException as
 * everywhere.
 */
final class CheckedErrors extends FilterOutputStream {

  CheckedErrors(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int value) throws IOException {
    checked(() -> out.write(value));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    checked(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    checked(out::flush);
  }

  @Override
  public void close() throws IOException {
    checked(out::close);
  }

  private interface Act {
    void run() throws IOException;
  }

  private static void checked(Act act) throws IOException {
    try {
      act.run();
    } catch (FSError e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }
}
