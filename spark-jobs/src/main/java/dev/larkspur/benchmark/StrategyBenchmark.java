package dev.larkspur.benchmark;

import dev.larkspur.benchmark.StrategyReport.Trained;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.ReplicaMetrics;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingObserver;
import dev.larkspur.train.driver.TrainingSummary;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;

/** Trains the same model on the same tokens by several strategies, one after another. */
public final class StrategyBenchmark {
  private final SparkContext spark;
  private final TrainingObserver observer;

  public StrategyBenchmark(SparkContext spark, TrainingObserver observer) {
    this.spark = spark;
    this.observer = observer;
  }

  /**
   * Trains with each of several settings, one after another.
   *
   * @param trainings settings that differ in strategy and run directory
   * @param missing why other strategies are not measured
   */
  public StrategyReport run(List<Settings> trainings, List<String> missing) {
    List<Trained> trained = new ArrayList<>();
    TrainingSummary last = null;
    for (Settings settings : trainings) {
      double[] distance = new double[1];
      MetricsSink sink =
          (step, line) -> {
            if (line instanceof ReplicaMetrics replicas) {
              distance[0] = Math.max(distance[0], replicas.replicaDistance());
            }
          };
      // Replicas that sum their gradients are compared at each checkpoint, and are the same.
      last = TrainingJob.run(spark, settings, observer, step -> List.of(sink)).summary();
      trained.add(
          new Trained(
              settings.training().strategy().kind().word(),
              last.validationLoss(),
              last.speed().tokensPerSecond(),
              last.speed().wallSeconds(),
              distance[0]));
    }
    return new StrategyReport(
        last.execution().workers(),
        last.step(),
        last.tokens(),
        Math.log(last.quality().unigramPerplexity()),
        trained,
        missing);
  }
}
