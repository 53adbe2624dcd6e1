package dev.larkspur.metrics;

import org.apache.spark.util.AccumulatorV2;

/**
 * Carries the newest {@link Progress} from rank 0 to the driver in Spark's heartbeats: no port of
 * its own, on any cluster.
 */
public final class ProgressAccumulator extends AccumulatorV2<Progress, Progress> {
  private static final long serialVersionUID = 1L;

  /** Written by the task, read by the heartbeat. */
  private volatile Progress newest;

  @Override
  public boolean isZero() {
    return newest == null;
  }

  @Override
  public AccumulatorV2<Progress, Progress> copy() {
    ProgressAccumulator copy = new ProgressAccumulator();
    copy.newest = newest;
    return copy;
  }

  @Override
  public void reset() {
    newest = null;
  }

  @Override
  public void add(Progress progress) {
    newest = progress;
  }

  @Override
  public void merge(AccumulatorV2<Progress, Progress> other) {
    if (!other.isZero()) {
      newest = other.value();
    }
  }

  @Override
  public Progress value() {
    return newest;
  }
}
