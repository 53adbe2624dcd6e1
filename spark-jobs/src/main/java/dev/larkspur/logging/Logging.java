package dev.larkspur.logging;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * Chooses the log's configuration: the packaged one, unless somebody has chosen another, with
 * {@code -Dlog4j2.configurationFile} or a {@code log4j2} file in Spark's configuration directory.
 */
public final class Logging {
  private static final String CHOSEN_BY = "log4j2.configurationFile";
  private static final String PACKAGED = "larkspur-log4j2.properties";
  private static final String SPARKS_OWN = "org/apache/spark/log4j2-";

  private Logging() {}

  /** The packaged configuration. */
  public static URI configuration() {
    try {
      return Objects.requireNonNull(Logging.class.getResource("/" + PACKAGED), PACKAGED).toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the location of the jar is not a URI", e);
    }
  }

  /** In a driver, before its first message. */
  public static void configure() {
    if (System.getProperty("spark.master") != null) {
      replaceSparksOwn();
    } else if (System.getProperty(CHOSEN_BY) == null) {
      System.setProperty(CHOSEN_BY, "classpath:" + PACKAGED);
    }
  }

  /** In a JVM that Spark has started, and that logs as Spark does by default. */
  public static void replaceSparksOwn() {
    // Spark chooses its default at its first message, also where it has chosen it before.
    new SparkConf(false).initializeLogIfNecessary(false);
    LoggerContext context =
        (LoggerContext) LogManager.getContext(SparkContext.class.getClassLoader(), false);
    if (context.getConfiguration() instanceof DefaultConfiguration
        || String.valueOf(context.getConfigLocation()).contains(SPARKS_OWN)) {
      context.setConfigLocation(configuration());
    }
  }
}
