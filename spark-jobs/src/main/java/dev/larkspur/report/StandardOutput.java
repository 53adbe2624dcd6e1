package dev.larkspur.report;

import dev.larkspur.storage.LarkspurException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Standard output, for the result of a command. Unlike {@code System.out}, it throws if a write
 * fails: a command whose result is lost has not succeeded.
 *
 * <p>Native libraries print to file descriptor 1 too. The launcher therefore keeps the caller's
 * standard output under another number, and redirects 1 to standard error.
 */
public final class StandardOutput extends OutputStream {
  private static final String DESCRIPTOR = "LARKSPUR_STDOUT";

  /** Process and number. */
  private static final Pattern GIVEN = Pattern.compile("(\\d{1,18}):(\\d{1,4})");

  private final OutputStream out;

  StandardOutput(OutputStream out) {
    this.out = out;
  }

  /** The result could not be written. */
  public static final class FailedException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    private final boolean closed;

    FailedException(IOException cause) {
      super(
          "cannot write to standard output (%s): free disk space, or redirect the output elsewhere"
              .formatted(cause.getMessage()),
          cause,
          FAILURE);
      this.closed = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }

    /** Whether the reader has closed the pipe, as {@code head} does. */
    public boolean isClosed() {
      return closed;
    }
  }

  /** The standard output of this process. */
  public static PrintWriter ofProcess() {
    String given = System.getenv().getOrDefault(DESCRIPTOR, "");
    OptionalInt number = number(given, ProcessHandle.current().pid());
    return writer(
        new FileOutputStream(
            number.isPresent() ? descriptor(number.getAsInt()) : FileDescriptor.out));
  }

  /**
   * Processes that inherit the environment of this one do not have its files; the process ID
   * identifies it.
   */
  public static OptionalInt number(String given, long process) {
    Matcher parts = GIVEN.matcher(given);
    return parts.matches() && Long.parseLong(parts.group(1)) == process
        ? OptionalInt.of(Integer.parseInt(parts.group(2)))
        : OptionalInt.empty();
  }

  public static PrintWriter writer(OutputStream out) {
    return new PrintWriter(
        new OutputStreamWriter(new StandardOutput(out), Charset.defaultCharset()));
  }

  /**
   * Returns an open file by its number. Opening {@code /dev/fd/3} again fails where it is a socket.
   */
  private static FileDescriptor descriptor(int number) {
    try {
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      return constructor.newInstance(number);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no file descriptors by number", e);
    }
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      throw new FailedException(e);
    }
  }

  @Override
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new FailedException(e);
    }
  }
}
