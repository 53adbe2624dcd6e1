package dev.larkspur.collective.compression;

import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the threshold encoding on the class path. */
public final class ThresholdCodecs {
  private static final String ADD =
      "add larkspur-dl4j-spark-*.jar to the class path of the driver and of the executors, with"
          + " --jars of spark-submit or LARKSPUR_DL4J=1 of deploy/larkspur";

  private ThresholdCodecs() {}

  /** Whether the class path has an encoding; loads no library. */
  public static boolean present() {
    return type().isPresent();
  }

  /** The class of the encoding, if the class path has one; loads no library. */
  public static Optional<Class<? extends ThresholdCodec>> type() {
    return services().stream().findFirst().map(ServiceLoader.Provider::type);
  }

  /** What to do if the class path has no encoding. */
  public static String remedy() {
    return ADD;
  }

  /**
   * Loads the encoding. Call it before an engine creates its first replica; see {@link
   * ThresholdCodec#prepare}.
   *
   * @param threads that the library may use
   * @throws CompressionException if the class path has no encoding
   */
  public static ThresholdCodec load(int threads) {
    ThresholdCodec codec = find();
    codec.prepare(threads);
    return codec;
  }

  private static ThresholdCodec find() {
    return services()
        .findFirst()
        .orElseThrow(
            () ->
                new CompressionException(
                    "training.exchange.compression = threshold needs the threshold encoding of"
                        + " ND4J, which is not on the class path: "
                        + ADD));
  }

  private static ServiceLoader<ThresholdCodec> services() {
    return ServiceLoader.load(ThresholdCodec.class, ThresholdCodec.class.getClassLoader());
  }
}
