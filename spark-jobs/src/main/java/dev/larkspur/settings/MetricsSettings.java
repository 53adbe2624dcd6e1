package dev.larkspur.settings;

import java.io.Serializable;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Where metrics go, and which ones cost time.
 *
 * @param sinks names of the sinks; the JSON lines are always written
 * @param inspection what a worker measures of its parameters and its speed
 * @param mlflow the tracking server of the sink {@code mlflow}
 */
public record MetricsSettings(
    List<String> sinks, @Setting(inline = true) Inspection inspection, MlflowSettings mlflow)
    implements RecordReader.Checked {

  /** A destination of metrics. */
  public enum Sink {
    JSONL,
    TENSORBOARD,
    MLFLOW,
    PROMETHEUS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether metrics go to a sink. */
  public boolean has(Sink sink) {
    return sink == Sink.JSONL || sinks.contains(sink.word());
  }

  /** Refuses names that are none, and what would be measured for nobody. */
  @Override
  public void check(RecordReader.Problems problems) {
    Set<String> unknown = new TreeSet<>(sinks);
    Arrays.stream(Sink.values()).map(Sink::word).forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      problems.refuse(
          "sinks",
          "there is no sink " + String.join(", ", unknown),
          "name some of "
              + Arrays.stream(Sink.values()).map(Sink::word).collect(Collectors.joining(", ")));
    }
    if (inspection.histogramsEvery() > 0 && !has(Sink.TENSORBOARD)) {
      problems.refuse(
          "histograms-every",
          "only the sink tensorboard takes histograms",
          "add tensorboard to metrics.sinks, or set it to 0");
    }
    if (has(Sink.MLFLOW) && mlflow.trackingUri() == null) {
      problems.missing("mlflow.tracking-uri");
    }
  }

  /**
   * What a worker measures of its parameters and its speed.
   *
   * @param histogramsEvery steps between histograms of weights and gradients; 0 for none
   * @param spectralNormsEvery steps between spectral norms of feed-forward matrices; 0 for none
   * @param peakFlops peak of one worker's device in FLOP/s, for the MFU; infinite if it is to be
   *     looked up
   */
  public record Inspection(
      @Setting(least = 0) int histogramsEvery,
      @Setting(least = 0) int spectralNormsEvery,
      @Setting(above = 0, unset = "auto") double peakFlops)
      implements Serializable {}

  /**
   * The tracking server.
   *
   * @param trackingUri its address; null if there is none
   * @param experiment name of the experiment; it is created if there is none
   * @param uploadModel whether the trained model is uploaded as an artifact
   */
  public record MlflowSettings(String trackingUri, String experiment, boolean uploadModel)
      implements RecordReader.Checked {

    /** Refuses addresses that are none of HTTP, or that hold a password. */
    @Override
    public void check(RecordReader.Problems problems) {
      if (trackingUri == null) {
        return;
      }
      URI uri;
      try {
        uri = URI.create(trackingUri);
      } catch (IllegalArgumentException e) {
        uri = URI.create("");
      }
      if (!List.of("http", "https").contains(String.valueOf(uri.getScheme()))
          || uri.getHost() == null) {
        problems.refuse(
            "tracking-uri",
            "is not the address of a tracking server",
            "write, for example, http://mlflow.example.org:5000");
      } else if (uri.getQuery() != null || uri.getFragment() != null) {
        problems.refuse(
            "tracking-uri",
            "an address of a tracking server ends with its path",
            "leave out what follows ? or #; credentials are environment variables of the driver:"
                + " MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and"
                + " MLFLOW_TRACKING_PASSWORD");
      } else if (uri.getUserInfo() != null) {
        problems.refuse(
            "tracking-uri",
            "credentials are no settings, as these are written to config.conf",
            "set the environment variables MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
                + " of the driver");
      }
    }
  }
}
