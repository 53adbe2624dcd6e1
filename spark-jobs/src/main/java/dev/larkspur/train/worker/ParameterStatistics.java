package dev.larkspur.train.worker;

import dev.larkspur.engine.Replica;
import dev.larkspur.metrics.Histogram;
import dev.larkspur.metrics.Histogram.Counter;
import dev.larkspur.metrics.HistogramMetrics;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.SpectralNormMetrics;
import dev.larkspur.model.Parameter;
import dev.larkspur.settings.MetricsSettings.Inspection;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Statistics of the parameters and their gradient, which rank 0 logs every so many steps. It has
 * both in full, as every rank does.
 */
final class ParameterStatistics {
  private static final String WEIGHTS = "weights/";
  private static final String GRADIENTS = "gradients/";

  private final Inspection cadence;
  private final MetricsSink metrics;
  private final SpectralNorms spectralNorms = new SpectralNorms();
  private final Map<String, Histogram> histograms = new HashMap<>();

  private ParameterStatistics(Inspection cadence, MetricsSink metrics) {
    this.cadence = cadence;
    this.metrics = metrics;
  }

  /** The statistics of a rank; none unless it is rank 0. */
  static ParameterStatistics of(TrainingSpec spec, int rank, MetricsSink metrics) {
    return new ParameterStatistics(
        rank == 0 ? spec.cadence().inspection() : new Inspection(0, 0, Double.POSITIVE_INFINITY),
        metrics);
  }

  /**
   * Looks at the gradient of an update, before the update may scale it.
   *
   * @param done updates, with this one
   */
  void beforeUpdate(long done, Replica replica) {
    if (isDue(done, cadence.histogramsEvery())) {
      count(GRADIENTS, replica, replica.gradient());
    }
  }

  /** Looks at the updated parameters, and logs what is due. */
  void afterUpdate(long done, Replica replica) {
    if (isDue(done, cadence.histogramsEvery())) {
      count(WEIGHTS, replica, replica.parameters());
      metrics.log(done, new HistogramMetrics(done, histograms));
      histograms.clear();
    }
    if (isDue(done, cadence.spectralNormsEvery())) {
      metrics.log(done, new SpectralNormMetrics(done, spectralNorms.of(replica)));
    }
  }

  private static boolean isDue(long done, int every) {
    return every > 0 && done % every == 0;
  }

  private void count(String group, Replica replica, FlatVector vector) {
    FloatBuffer chunk =
        FloatBuffer.allocate((int) Math.min(vector.length(), FlatVector.COPIED_AT_ONCE));
    for (Parameter parameter : replica.table().parameters()) {
      Counter counter = new Counter();
      for (long at = 0; at < parameter.size(); at += chunk.capacity()) {
        chunk.clear().limit((int) Math.min(chunk.capacity(), parameter.size() - at));
        vector.read(parameter.offset() + at, chunk);
        counter.add(chunk.rewind());
      }
      histograms.put(group + parameter.name(), counter.histogram());
    }
  }
}
