package dev.larkspur.train.worker;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * On SIGTERM (an eviction, {@code yarn kill}, Ctrl-C) a training gets the time to write a
 * checkpoint: the JVM does not end before the tasks that are registered here.
 */
public final class ProcessEnd {
  private static final Logger LOG = Logger.getLogger(ProcessEnd.class.getName());

  /** Before Spark's hooks (40 and more), which shut down what the training needs. */
  private static final int PRIORITY = 1000;

  private static final long GRACE_SECONDS = 90;
  private static final long RESULT_SECONDS = 1;
  private static final Set<Task> TASKS = ConcurrentHashMap.newKeySet();
  private static boolean installed;
  private static volatile boolean ending;

  private ProcessEnd() {}

  /** Delays the end of the JVM until the task is closed. */
  static Task register() {
    return register(() -> {});
  }

  /**
   * Delays the end of the JVM until the task is closed.
   *
   * @param onEnd run when the JVM receives a termination signal
   */
  public static synchronized Task register(Runnable onEnd) {
    if (!installed) {
      installed = true;
      ShutdownHookManager.get()
          .addShutdownHook(ProcessEnd::end, PRIORITY, GRACE_SECONDS, TimeUnit.SECONDS);
    }
    Task task = new Task(onEnd);
    TASKS.add(task);
    if (ending) {
      task.end();
    }
    return task;
  }

  private static void end() {
    ending = true;
    SecondSignal.endAtOnce();
    List<Task> tasks = List.copyOf(TASKS);
    // Signal all before any acts: what one does may take long.
    tasks.forEach(task -> task.signalled.countDown());
    tasks.forEach(Task::runOnEnd);
    try {
      for (Task task : tasks) {
        task.closed.await(GRACE_SECONDS, TimeUnit.SECONDS);
      }
      if (!tasks.isEmpty()) {
        // Spark sends a task's result after the task has ended, and does not report when.
        // Without the result, the driver would take a worker that ended normally for a lost one.
        TimeUnit.SECONDS.sleep(RESULT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A task that the JVM waits for before it ends. */
  public static final class Task implements AutoCloseable {
    private final Runnable onEnd;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch signalled = new CountDownLatch(1);

    private Task(Runnable onEnd) {
      this.onEnd = onEnd;
    }

    private void end() {
      signalled.countDown();
      runOnEnd();
    }

    private void runOnEnd() {
      try {
        onEnd.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "cannot act on a termination signal", e);
      }
    }

    public boolean isEnding() {
      return signalled.getCount() == 0;
    }

    /** Waits for a termination signal, for a limited time. */
    public void awaitEnding(Duration most) throws InterruptedException {
      signalled.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      TASKS.remove(this);
      closed.countDown();
    }
  }

  /** A second signal ends the process at once: its sender does not want to wait. */
  private static final class SecondSignal {
    private static final Logger LOG = Logger.getLogger(SecondSignal.class.getName());
    private static final List<String> SIGNALS = List.of("INT", "TERM");

    /** A shell's exit code for a process ended by a signal is this plus the signal's number. */
    private static final int BY_SIGNAL = 128;

    private SecondSignal() {}

    /** From now on SIGINT and SIGTERM end the process at once, without a message. */
    static void endAtOnce() {
      for (String name : SIGNALS) {
        try {
          new IrqHandler(name, signal -> Runtime.getRuntime().halt(BY_SIGNAL + signal.getNumber()))
              .bind();
        } catch (IllegalArgumentException e) {
          // The JVM was started without signal handling.
          LOG.log(Level.FINE, "cannot handle SIG" + name, e);
        }
      }
    }
  }
}
