package dev.larkspur.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that this jar runs on the Spark release line that it was built for. */
public final class SparkVersion {
  private static final String BUILT_FOR = "Spark-Version";
  private static final String RUNS_ON = "/spark-version-info.properties";
  private static final Pattern LINE = Pattern.compile("(\\d+\\.\\d+)\\b.*");

  private SparkVersion() {}

  /** What is wrong and what to do; empty if nothing is wrong or the version is unknown. */
  public static Optional<String> problem() {
    return builtFor().flatMap(built -> runsOn().flatMap(spark -> problem(built, spark)));
  }

  static Optional<String> problem(String built, String spark) {
    String line = line(built);
    return line.equals(line(spark))
        ? Optional.empty()
        : Optional.of(
            "this larkspur.jar is built for Spark %s, and this is Spark %s: set SPARK_HOME to a Spark %s, or build the jar for this one (LARKSPUR_MAVEN_ARGS=-Pspark-3.5 for 3.5, none for 4.1)"
                .formatted(line, spark, line));
  }

  private static String line(String version) {
    Matcher line = LINE.matcher(version);
    return line.matches() ? line.group(1) : version;
  }

  private static Optional<String> builtFor() {
    CodeSource source = SparkVersion.class.getProtectionDomain().getCodeSource();
    try {
      if (source == null || !Files.isRegularFile(Path.of(source.getLocation().toURI()))) {
        return Optional.empty();
      }
      try (JarFile jar = new JarFile(Path.of(source.getLocation().toURI()).toFile())) {
        return Optional.ofNullable(jar.getManifest())
            .map(manifest -> manifest.getMainAttributes().getValue(BUILT_FOR));
      }
    } catch (IOException | URISyntaxException | RuntimeException unknown) {
      return Optional.empty();
    }
  }

  /** Reads the version from a resource of Spark, since its classes might not load. */
  private static Optional<String> runsOn() {
    try (InputStream in = SparkVersion.class.getResourceAsStream(RUNS_ON)) {
      if (in == null) {
        return Optional.empty();
      }
      Properties properties = new Properties();
      properties.load(in);
      return Optional.ofNullable(properties.getProperty("version"));
    } catch (IOException unknown) {
      return Optional.empty();
    }
  }
}
