package dev.larkspur.train.worker;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hadoop.service.launcher.IrqHandler;

/** A signal to a process that is ending already: whoever sends it does not want to wait. */
final class SecondSignal {
  private static final Logger LOG = Logger.getLogger(SecondSignal.class.getName());
  private static final List<String> SIGNALS = List.of("INT", "TERM");

  /** A shell's code for a process that a signal has ended is this and the signal's number. */
  private static final int BY_SIGNAL = 128;

  private SecondSignal() {}

  /** From now on SIGINT and SIGTERM end the process, without a word. */
  static void endAtOnce() {
    for (String name : SIGNALS) {
      try {
        new IrqHandler(name, signal -> Runtime.getRuntime().halt(BY_SIGNAL + signal.getNumber()))
            .bind();
      } catch (IllegalArgumentException e) {
        // A JVM that was told to leave signals alone.
        LOG.log(Level.FINE, "cannot handle SIG" + name, e);
      }
    }
  }
}
