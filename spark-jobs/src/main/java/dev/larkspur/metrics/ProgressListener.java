package dev.larkspur.metrics;

import java.util.function.Consumer;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.Seq;

/** Hands on the progress that arrives in heartbeats. */
public final class ProgressListener extends SparkListener {
  private final long accumulator;
  private final Consumer<Progress> consumer;

  /**
   * @param accumulator id of the registered {@link ProgressAccumulator}
   * @param consumer called on Spark's listener thread
   */
  public ProgressListener(long accumulator, Consumer<Progress> consumer) {
    this.accumulator = accumulator;
    this.consumer = consumer;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    Iterator<?> tasks = update.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Tuple4<?, ?, ?, ?> task = (Tuple4<?, ?, ?, ?>) tasks.next();
      Iterator<?> accumulables = ((Seq<?>) task._4()).iterator();
      while (accumulables.hasNext()) {
        AccumulableInfo info = (AccumulableInfo) accumulables.next();
        if (info.id() == accumulator
            && info.update().isDefined()
            && info.update().get() instanceof Progress progress) {
          consumer.accept(progress);
        }
      }
    }
  }
}
