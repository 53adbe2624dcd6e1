package dev.larkspur.monitoring;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Registers the metrics of a training with Spark. {@code spark.plugins} names it; Spark creates one
 * in the driver and one in each executor, and calls the metrics {@code
 * <namespace>.<executor>.plugin.dev.larkspur.monitoring.LarkspurPlugin.<name>}.
 */
public final class LarkspurPlugin implements SparkPlugin {

  /** Gauges of {@link TrainingMetrics}. */
  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Map<String, String> init(SparkContext spark, PluginContext context) {
        return Map.of();
      }

      @Override
      public void registerMetrics(String application, PluginContext context) {
        TrainingMetrics.ofDriver().register(context.metricRegistry());
      }
    };
  }

  /** Gauges of {@link WorkerMetrics}. */
  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> unused) {
        WorkerMetrics.ofProcess().register(context.metricRegistry());
      }
    };
  }
}
