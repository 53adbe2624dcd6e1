package dev.larkspur.metrics;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line of metrics about the matrices of the feed-forward networks.
 *
 * @param step updates done
 * @param spectralNorm largest singular value over all layers, by kind of matrix, such as {@code
 *     ffn.up.u}
 */
public record SpectralNormMetrics(long step, Map<String, Double> spectralNorm)
    implements Serializable {

  public SpectralNormMetrics {
    spectralNorm = Collections.unmodifiableMap(new TreeMap<>(spectralNorm));
  }
}
