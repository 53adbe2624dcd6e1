package dev.larkspur.submit;

import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The properties that a submission ends up with: those of {@code spark-defaults.conf} or {@code
 * --properties-file}, over them the options of spark-submit, over them the settings below {@code
 * spark}.
 */
final class SparkProperties {
  static final String MASTER = "spark.master";
  static final String DEPLOY_MODE = "spark.submit.deployMode";
  static final String NAME = "spark.app.name";
  static final String JARS = "spark.jars";
  static final String DRIVER_MEMORY = "spark.driver.memory";
  static final String DRIVER_JAVA_OPTIONS = "spark.driver.extraJavaOptions";

  private static final String DEFAULTS = "spark-defaults.conf";
  private static final String WITH_DEFAULTS = "--load-spark-defaults";

  private final Path conf;
  private final Map<String, String> values = new HashMap<>();

  /**
   * @param environment of spark-submit; says where its configuration is
   * @param settings properties for Spark that the command's settings set
   */
  SparkProperties(
      SubmitArguments arguments, Map<String, String> settings, Map<String, String> environment) {
    String home = environment.getOrDefault("SPARK_HOME", "");
    conf = Path.of(environment.getOrDefault("SPARK_CONF_DIR", Path.of(home, "conf").toString()));
    boolean replaced = arguments.propertiesFile() != null;
    Path defaults = conf.resolve(DEFAULTS);
    if (Files.exists(defaults) && !(replaced && !arguments.options().contains(WITH_DEFAULTS))) {
      read(defaults);
    }
    if (replaced) {
      read(Path.of(arguments.propertiesFile()));
    }
    values.putAll(arguments.properties());
    values.putAll(settings);
  }

  private void read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadInputException(
          "%s cannot be read (%s): correct the file, or name another one with --properties-file"
              .formatted(file, e),
          e);
    }
    properties
        .stringPropertyNames()
        .forEach(name -> values.put(name, properties.getProperty(name).strip()));
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  String master() {
    return find(MASTER).orElse("local[*]");
  }

  /** Whether the driver runs in the cluster. */
  boolean clusterMode() {
    return find(DEPLOY_MODE).filter("cluster"::equals).isPresent();
  }

  /** Whether the cluster gives processes the memory that they ask for, and no more. */
  boolean limitsMemory() {
    return master().startsWith("yarn") || master().startsWith("k8s");
  }

  int number(String name, int otherwise) {
    try {
      return find(name).map(Integer::parseInt).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new BadInputException(
          "%s = %s is not a whole number: correct it".formatted(name, values.get(name)), e);
    }
  }

  /** Whether the administrator has a log4j2 configuration of their own. */
  boolean configuresLog() {
    if (!Files.isDirectory(conf)) {
      return false;
    }
    try (Stream<Path> files = Files.list(conf)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.matches("log4j2(-test)?\\.(properties|xml|ya?ml|jsn|json)"));
    } catch (IOException unreadable) {
      return false;
    }
  }
}
