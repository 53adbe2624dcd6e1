package dev.larkspur.launch;

import dev.larkspur.report.Console;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * SIGTERM and Ctrl-C while a command runs. The JVM then stops Spark during the command, which fails
 * with meaningless errors. One line reports the signal instead, and Spark's log is silenced.
 */
public final class Termination {
  private static final String OURS = "dev.larkspur";
  private static final AtomicInteger ANSWERING = new AtomicInteger();
  private static volatile boolean ended;
  private static volatile boolean begun;

  private Termination() {}

  /** Watches for signals until {@link #commandEnded}. */
  public static void install(Console console) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> begin(console), "larkspur termination"));
  }

  private static void begin(Console console) {
    begun = !ended;
    if (!begun) {
      return;
    }
    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    Configurator.setLevel(OURS, Level.INFO);
    if (ANSWERING.get() == 0) {
      console.say("larkspur: ended by a signal before it was done: run the same command again");
    }
  }

  /** Whether the JVM is ending before the command, which explains any failure from now on. */
  static boolean hasBegun() {
    return begun;
  }

  /** The JVM ends because the command has. */
  static void commandEnded() {
    ended = true;
  }

  /** Until the result is closed, the command itself reports how it handles a signal. */
  public static Answering answering() {
    ANSWERING.incrementAndGet();
    return ANSWERING::decrementAndGet;
  }

  /** Open while a command handles signals itself. */
  public interface Answering extends AutoCloseable {
    @Override
    void close();
  }
}
