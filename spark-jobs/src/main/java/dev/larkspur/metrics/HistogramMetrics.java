package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Histograms of the parameters. Sinks that have no use for histograms ignore them.
 *
 * @param step updates done
 * @param histograms by name, such as {@code gradients/layers.0.attention.qkv.weight}
 */
public record HistogramMetrics(long step, Map<String, Histogram> histograms)
    implements Serializable {

  public HistogramMetrics {
    histograms = Collections.unmodifiableMap(new TreeMap<>(histograms));
  }
}
