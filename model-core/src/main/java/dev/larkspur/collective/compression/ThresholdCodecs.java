package dev.larkspur.collective.compression;

import java.util.ServiceLoader;

/** The threshold encoding on the class path. */
public final class ThresholdCodecs {
  private static final String ADD =
      "add larkspur-dl4j.jar to the class path of the driver and of the executors (--jars)";

  private ThresholdCodecs() {}

  /** Whether there is one; loads no library. */
  public static boolean present() {
    return services().stream().findAny().isPresent();
  }

  /** What to do where there is none. */
  public static String remedy() {
    return ADD;
  }

  /**
   * The encoding.
   *
   * @throws CompressionException if there is none
   */
  public static ThresholdCodec load() {
    return services()
        .findFirst()
        .orElseThrow(
            () ->
                new CompressionException(
                    "training.exchange.compression = threshold needs the threshold encoding of ND4J, which is not on the class path: "
                        + ADD));
  }

  private static ServiceLoader<ThresholdCodec> services() {
    return ServiceLoader.load(ThresholdCodec.class, ThresholdCodec.class.getClassLoader());
  }
}
