package dev.larkspur.launch;

import dev.larkspur.report.Console;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * SIGTERM and Ctrl-C in the middle of a command. The JVM then takes Spark away from under the
 * command, which fails in ways that mean nothing: one line says what has happened, and Spark's log
 * is silent.
 */
public final class Termination {
  private static final String OURS = "dev.larkspur";
  private static final AtomicInteger ANSWERING = new AtomicInteger();
  private static volatile boolean ended;
  private static volatile boolean begun;

  private Termination() {}

  /** Looks out for signals until {@link #commandEnded}. */
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

  /** Whether the JVM ends before the command: what fails now has no other reason. */
  static boolean hasBegun() {
    return begun;
  }

  /** The JVM ends because the command has. */
  static void commandEnded() {
    ended = true;
  }

  /** While it is open, the command itself reports what it does about a signal. */
  public static Answering answering() {
    ANSWERING.incrementAndGet();
    return ANSWERING::decrementAndGet;
  }

  /** Ends when it is closed. */
  public interface Answering extends AutoCloseable {
    @Override
    void close();
  }
}
