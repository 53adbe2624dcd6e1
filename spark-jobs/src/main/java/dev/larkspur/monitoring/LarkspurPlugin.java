package dev.larkspur.monitoring;

import dev.larkspur.logging.Logging;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Registers the metrics of a training with Spark, and chooses the log of executors. {@code
 * spark.plugins} names it; Spark creates one in the driver and one in each executor, and calls the
 * metrics {@code <namespace>.<executor>.plugin.dev.larkspur.monitoring.LarkspurPlugin.<name>}.
 */
public final class LarkspurPlugin implements SparkPlugin {
  /** What Spark calls the process of the driver, in which embedded workers are. */
  private static final String DRIVER = "driver";

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

  /** The log's configuration, and gauges of {@link WorkerMetrics}. */
  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> unused) {
        if (!context.executorID().equals(DRIVER)) {
          Logging.replaceSparksOwn();
        }
        WorkerMetrics.ofProcess().register(context.metricRegistry());
      }
    };
  }
}
