package dev.larkspur.metrics;

import dev.larkspur.metrics.MetricsReceiver.Line;
import dev.larkspur.metrics.MetricsReceiver.Message;
import dev.larkspur.run.RunDirectory.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.util.RpcUtils;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Sends the metrics of rank 0. A thread sends new lines several times a second, and keeps each line
 * until the driver has acknowledged it. Steps never wait for it. The queue holds at most the steps
 * between two checkpoints, because each commit flushes it.
 */
public final class MetricsSender implements MetricsSink {
  private static final Logger LOG = Logger.getLogger(MetricsSender.class.getName());
  private static final int LINES_IN_MESSAGE = 1000;
  private static final long MILLIS_BETWEEN_MESSAGES = 100;
  private static final long MILLIS_BEFORE_RETRY = 1000;

  /**
   * After this time a checkpoint no longer waits; the lines are sent when the driver responds
   * again.
   */
  private static final long FLUSH_SECONDS = 10;

  private final Driver driver;
  private final Thread thread = new Thread(this::send, "metrics to the driver");
  private final Deque<Line> unacknowledged = new ArrayDeque<>();
  private long acknowledged;
  private Progress progress;
  private long flushesRequested;
  private long flushesDone;
  private boolean closing;

  /** The connection to the driver. */
  @FunctionalInterface
  interface Driver {
    /**
     * Sends a message.
     *
     * @return number of lines received so far
     * @throws Exception if the driver does not respond
     */
    long send(Message message) throws Exception;
  }

  MetricsSender(Driver driver) {
    this.driver = driver;
    thread.setDaemon(true);
  }

  /**
   * A sender in a task, to the receiver in its driver.
   *
   * @param receiver name of the receiver
   */
  public static MetricsSender to(String receiver) {
    SparkEnv env = SparkEnv.get();
    RpcEndpointRef driver = RpcUtils.makeDriverRef(receiver, env.conf(), env.rpcEnv());
    ClassTag<Long> reply = ClassTag$.MODULE$.apply(Long.class);
    MetricsSender sender = new MetricsSender(message -> driver.askSync(message, reply));
    sender.start();
    return sender;
  }

  void start() {
    thread.start();
  }

  /** Replaces progress that was not sent yet. */
  public synchronized void progress(Progress newest) {
    progress = newest;
    notifyAll();
  }

  @Override
  public synchronized void log(long step, Record line) {
    unacknowledged.addLast(new Line(step, line));
    notifyAll();
  }

  /**
   * Waits until the lines so far are in the run directory, or the driver does not respond in time.
   *
   * @throws StoreException if interrupted
   */
  @Override
  public synchronized void flush() {
    long own = ++flushesRequested;
    notifyAll();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FLUSH_SECONDS);
    try {
      while (flushesDone < own) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          LOG.warning("the driver does not respond: metrics will be sent later");
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while metrics were being written", e);
    }
  }

  private void send() {
    try {
      while (awaitWork()) {
        Message message = next();
        try {
          acknowledge(message, driver.send(message));
          TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN_MESSAGES);
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          // Including checked exceptions of Spark, which Scala does not declare.
          LOG.log(Level.FINE, "cannot send metrics to the driver", e);
          TimeUnit.MILLISECONDS.sleep(MILLIS_BEFORE_RETRY);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until there is something to send; returns false once the sender is closed and everything
   * was sent.
   */
  private synchronized boolean awaitWork() throws InterruptedException {
    while (unacknowledged.isEmpty() && progress == null && flushesRequested == flushesDone) {
      if (closing) {
        return false;
      }
      wait();
    }
    return true;
  }

  private synchronized Message next() {
    List<Line> lines = unacknowledged.stream().limit(LINES_IN_MESSAGE).toList();
    long flush = lines.size() == unacknowledged.size() ? flushesRequested : flushesDone;
    return new Message(acknowledged, lines, progress, flush);
  }

  private synchronized void acknowledge(Message message, long received) {
    for (; acknowledged < received; acknowledged++) {
      unacknowledged.removeFirst();
    }
    if (Objects.equals(progress, message.progress())) {
      progress = null;
    }
    flushesDone = message.flush();
    notifyAll();
  }

  /** Sends the remaining lines, if the driver responds. */
  @Override
  public void close() {
    try {
      flush();
    } finally {
      synchronized (this) {
        closing = true;
        notifyAll();
      }
      thread.interrupt();
    }
  }
}
