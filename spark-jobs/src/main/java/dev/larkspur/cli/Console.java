package dev.larkspur.cli;

import java.io.PrintStream;

/**
 * Where a command tells what it does: lines on stderr, and one that is rewritten where there is a
 * terminal.
 */
final class Console {
  private static final String TERMINAL = "LARKSPUR_TERMINAL";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private boolean onStatusLine;

  Console(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** On stderr; the launcher says whether that is a terminal. */
  static Console standard() {
    return new Console(System.err, "1".equals(System.getenv(TERMINAL)));
  }

  /** Whether {@link #status} is seen. */
  boolean isTerminal() {
    return terminal;
  }

  /** Prints a line that stays. */
  synchronized void say(String line) {
    clearStatus();
    out.println(line);
    out.flush();
  }

  /** Shows a line until the next one; nothing without a terminal. */
  synchronized void status(String line) {
    if (terminal) {
      out.print(CLEAR_LINE + line);
      out.flush();
      onStatusLine = true;
    }
  }

  /** Takes the status line away. */
  synchronized void clearStatus() {
    if (onStatusLine) {
      out.print(CLEAR_LINE);
      out.flush();
      onStatusLine = false;
    }
  }
}
