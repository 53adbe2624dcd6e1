package dev.larkspur.report;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * The output of a command on stderr: lines, and on a terminal a status line that is rewritten.
 * Everything else that is printed to stderr, such as the log, goes through it as well.
 */
public final class Console {
  private static final String TERMINAL = "LARKSPUR_TERMINAL";
  private static final String COLUMNS = "LARKSPUR_COLUMNS";
  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 20;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private static Console standard;

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private boolean onStatusLine;
  private boolean insideLine;

  Console(PrintStream out, boolean terminal, int columns) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
  }

  /** The console on stderr; the launcher passes whether that is a terminal, and its width. */
  public static synchronized Console standard() {
    if (standard == null) {
      standard =
          new Console(
              System.err,
              "1".equals(System.getenv(TERMINAL)),
              columns(System.getenv().getOrDefault(COLUMNS, "")));
    }
    return standard;
  }

  /** Redirects {@code System.err} to the standard console. */
  public static Console redirectStandardError() {
    Console console = standard();
    System.setErr(console.stream());
    return console;
  }

  static int columns(String given) {
    return given.matches("[1-9]\\d{1,3}")
        ? Math.max(FEWEST_COLUMNS, Integer.parseInt(given))
        : USUAL_COLUMNS;
  }

  /** Whether {@link #status} is shown. */
  boolean isTerminal() {
    return terminal;
  }

  /** Whether the terminal has these characters, and this process writes them. */
  boolean canPrint(String text) {
    return Charset.defaultCharset().newEncoder().canEncode(text)
        && Charset.forName(System.getProperty("native.encoding")).newEncoder().canEncode(text);
  }

  /**
   * The most characters of a status: text in the last column of a terminal would begin a new line.
   */
  public int width() {
    return columns - 1;
  }

  /** Prints a line. */
  public synchronized void say(String line) {
    clearStatus();
    out.println(line);
    out.flush();
    insideLine = false;
  }

  /** Shows a status line until the next one, cut to the width; does nothing without a terminal. */
  public synchronized void status(String line) {
    if (terminal && !insideLine) {
      int characters = Math.min(width(), line.codePointCount(0, line.length()));
      out.print(CLEAR_LINE + line.substring(0, line.offsetByCodePoints(0, characters)));
      out.flush();
      onStatusLine = true;
    }
  }

  /** Clears the status line. */
  public synchronized void clearStatus() {
    if (onStatusLine) {
      out.print(CLEAR_LINE);
      out.flush();
      onStatusLine = false;
    }
  }

  /** A stream that prints above the status line. */
  PrintStream stream() {
    OutputStream bytes =
        new OutputStream() {
          @Override
          public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] text, int from, int count) {
            print(text, from, count);
          }

          @Override
          public void flush() {
            out.flush();
          }
        };
    return new PrintStream(bytes, true, Charset.defaultCharset());
  }

  private synchronized void print(byte[] text, int from, int count) {
    if (count > 0) {
      clearStatus();
      out.write(text, from, count);
      insideLine = text[from + count - 1] != '\n';
    }
  }
}
