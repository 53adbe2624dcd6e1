package dev.larkspur.train;

import dev.larkspur.collective.PeerLostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Why the tasks of one barrier job failed. When one worker fails, the others fail after it because
 * they have lost a peer, and Spark reports whichever it hears of first; this keeps them all, to
 * name the one that matters.
 */
final class StageFailures extends SparkListener {
  private static final String JOB = "larkspur.barrier.job";
  private static final long PATIENCE_SECONDS = 10;

  private final String job;
  private final CountDownLatch running;
  private final Set<Object> stages = new HashSet<>();
  private final List<Throwable> failures = new ArrayList<>();

  /**
   * Watches a job.
   *
   * @param job value of the local property {@link #property} under which it is submitted
   * @param tasks of its only stage
   */
  StageFailures(String job, int tasks) {
    this.job = job;
    this.running = new CountDownLatch(tasks);
  }

  /** The local property that tells the job from others. */
  static String property() {
    return JOB;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    if (properties != null && job.equals(properties.getProperty(JOB))) {
      scala.collection.Iterator<Object> ids = start.stageIds().iterator();
      while (ids.hasNext()) {
        stages.add(ids.next());
      }
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (!stages.contains(end.stageId())) {
      return;
    }
    if (end.reason() instanceof ExceptionFailure failure && failure.exception().isDefined()) {
      failures.add(failure.exception().get());
    }
    running.countDown();
  }

  /**
   * Waits until every task has ended, at most some seconds, and tells what went wrong first: not
   * the loss of a peer, if there is anything else.
   */
  Optional<Throwable> cause() {
    try {
      running.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return failures.stream()
          .filter(failure -> !isLossOfPeer(failure))
          .findFirst()
          .or(() -> failures.stream().findFirst());
    }
  }

  private static boolean isLossOfPeer(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerLostException) {
        return true;
      }
    }
    return false;
  }
}
