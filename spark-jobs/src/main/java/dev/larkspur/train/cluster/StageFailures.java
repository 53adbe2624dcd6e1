package dev.larkspur.train.cluster;

import dev.larkspur.collective.PeerLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Why the tasks of one barrier job failed. When one worker fails, the others fail after it because
 * they have lost a peer, and Spark reports whichever arrives first; this keeps them all, to name
 * the one that matters.
 */
final class StageFailures extends SparkListener {
  private static final String JOB = "larkspur.barrier.job";

  /** A worker that hangs does not end. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String job;
  private final Set<Object> stages = new HashSet<>();
  private final List<Throwable> failures = new ArrayList<>();
  private int jobId = -1;
  private boolean jobEnded;
  private int running;

  /**
   * Watches a job.
   *
   * @param job value of the local property {@link #property} under which it is submitted
   */
  StageFailures(String job) {
    this.job = job;
  }

  /** The local property that marks the job. */
  static String property() {
    return JOB;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    if (properties != null && job.equals(properties.getProperty(JOB))) {
      jobId = start.jobId();
      scala.collection.Iterator<Object> ids = start.stageIds().iterator();
      while (ids.hasNext()) {
        stages.add(ids.next());
      }
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    if (stages.contains(start.stageId())) {
      running++;
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
    running--;
    notifyAll();
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd end) {
    if (end.jobId() == jobId) {
      jobEnded = true;
      notifyAll();
    }
  }

  /**
   * Waits until every task has ended, at most some seconds, and returns what went wrong first: not
   * the loss of a peer, if there is anything else.
   */
  synchronized Optional<Throwable> cause() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (long left = PATIENCE.toNanos();
          left > 0 && !(jobEnded && running == 0);
          left = deadline - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return failures.stream()
        .filter(failure -> Failures.find(failure, PeerLostException.class).isEmpty())
        .findFirst()
        .or(() -> failures.stream().findFirst());
  }
}
