package dev.larkspur.submit;

import dev.larkspur.launch.ExecutorEnvironment;
import dev.larkspur.settings.SubmittedFiles;
import dev.larkspur.storage.BadInputException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** Makes the command line of {@code spark-submit} for a command. */
public final class Submission {
  private static final String MAIN = "dev.larkspur.cli.Larkspur";
  private static final String HEAP = "2g";

  /** Linux takes at most 128 KiB in one argument. */
  private static final int LONGEST = 120_000;

  private final SubmitArguments arguments;
  private final Planned planned;
  private final Map<String, String> environment;
  private final SparkProperties properties;

  /**
   * What the command itself says.
   *
   * @param name of the application
   * @param spark properties for Spark among its settings, without secrets
   * @param secrets names of those that may hold secrets
   * @param settingsFiles that its options name
   * @param addOns jars that it needs beside the application's
   * @param training size of the training; empty if the command does not train or it is not known
   */
  public record Planned(
      String name,
      Map<String, String> spark,
      List<String> secrets,
      SubmittedFiles settingsFiles,
      List<Path> addOns,
      Optional<TrainingSize> training) {
    public Planned {
      spark = Map.copyOf(spark);
      secrets = List.copyOf(secrets);
      addOns = List.copyOf(addOns);
    }
  }

  /**
   * @param environment of the process; {@code SPARK_HOME} says which Spark is used
   */
  public Submission(SubmitArguments arguments, Planned planned, Map<String, String> environment) {
    this.arguments = arguments;
    this.planned = planned;
    this.environment = environment;
    this.properties = new SparkProperties(arguments, planned.spark(), environment);
  }

  /**
   * The program {@code spark-submit} of the Spark that the environment names.
   *
   * @throws BadInputException if it names none
   */
  public static Path program(Map<String, String> environment) {
    String home = environment.getOrDefault("SPARK_HOME", "");
    Path program = Path.of(home, "bin", "spark-submit");
    if (home.isEmpty() || !Files.isExecutable(program)) {
      throw new BadInputException(
          home.isEmpty()
              ? "SPARK_HOME is not set: set it to the Spark whose spark-submit shall be used"
              : "SPARK_HOME is %s, but there is no %s: correct it".formatted(home, program));
    }
    return program;
  }

  /** The command line that asks for or ends a submission, which names no command. */
  public static List<String> managementCommand(
      SubmitArguments arguments, Map<String, String> environment) {
    return Stream.concat(Stream.of(program(environment).toString()), arguments.options().stream())
        .toList();
  }

  /**
   * The command line. What is derived comes after what was given, since of an option that comes
   * twice Spark takes the last.
   *
   * @param application the jar, or the URL under which the cluster has it
   * @param configuration of the log, in the jar
   * @return the words of the command line, {@code env} first
   */
  public List<String> words(String application, URI configuration) {
    List<String> words = new ArrayList<>(List.of("env"));
    submitOptions(configuration).ifPresent(words::add);
    words.add(program(environment).toString());
    words.addAll(arguments.options());
    words.addAll(List.of("--class", MAIN));
    if (properties.find(SparkProperties.NAME).isEmpty()) {
      words.addAll(List.of("--name", planned.name()));
    }
    jars().ifPresent(jars -> words.addAll(List.of("--jars", jars)));
    Map<String, String> more = new TreeMap<>(planned.spark());
    more.putAll(derived());
    more.forEach((name, value) -> words.addAll(arguments.overriding(name, value)));
    words.add(application);
    words.addAll(arguments.command());
    return words;
  }

  /** Options of the JVM that runs spark-submit: the driver's in client mode. */
  private Optional<String> submitOptions(URI configuration) {
    Stream.Builder<String> options = Stream.builder();
    options.add(environment.getOrDefault("SPARK_SUBMIT_OPTS", ""));
    if (!properties.configuresLog()) {
      options.add("-Dlog4j2.configurationFile=" + configuration);
    }
    // In cluster mode what spark-submit logs is all there is to see; the driver has its own log.
    options.add(
        properties.clusterMode()
            ? "-Dlarkspur.log.submission=info"
            : environment.getOrDefault("LARKSPUR_JAVA_ARGS", ""));
    return joined(options.build(), " ").map(all -> "SPARK_SUBMIT_OPTS=" + all);
  }

  private Optional<String> jars() {
    return planned.addOns().isEmpty()
        ? Optional.empty()
        : joined(
            Stream.concat(
                properties.find(SparkProperties.JARS).stream(),
                planned.addOns().stream().map(Path::toString)),
            ",");
  }

  private Map<String, String> derived() {
    Map<String, String> derived = new TreeMap<>();
    properties
        .find(SparkProperties.DRIVER_MEMORY)
        .ifPresentOrElse(
            set -> {},
            () ->
                derived.put(
                    SparkProperties.DRIVER_MEMORY,
                    environment.getOrDefault("LARKSPUR_HEAP", HEAP)));
    if (properties.limitsMemory()) {
      planned.training().ifPresent(size -> derived.putAll(size.properties(properties)));
    }
    if (properties.clusterMode()) {
      ofDriverElsewhere(derived);
    }
    return derived;
  }

  private void ofDriverElsewhere(Map<String, String> derived) {
    String prefix =
        properties.master().startsWith("yarn")
            ? "spark.yarn.appMasterEnv."
            : "spark.kubernetes.driverEnv.";
    if (properties.limitsMemory()) {
      ExecutorEnvironment.of(environment)
          .forEach((name, value) -> derived.put(prefix + name, value));
      derived.keySet().removeIf(name -> properties.find(name).isPresent());
    }
    String own = environment.getOrDefault("LARKSPUR_JAVA_ARGS", "");
    // Spark 3.5 starts drivers on standalone clusters without what it needs on Java 17.
    String opens =
        properties.master().startsWith("spark://") ? JavaModuleOptions.defaultModuleOptions() : "";
    if (!own.isBlank() || !opens.isEmpty()) {
      String given = properties.find(SparkProperties.DRIVER_JAVA_OPTIONS).orElse("");
      joined(Stream.of(opens, given, own), " ")
          .ifPresent(all -> derived.put(SparkProperties.DRIVER_JAVA_OPTIONS, all));
    }
    if (!planned.settingsFiles().texts().isEmpty()) {
      if (!planned.secrets().isEmpty()) {
        throw new BadInputException(
            "the settings files travel with the submission, and %s could be read in lists of processes: move it to spark-defaults.conf or to the file of --properties-file"
                .formatted(String.join(", ", planned.secrets())));
      }
      String files = planned.settingsFiles().encoded();
      if (files.length() > LONGEST) {
        throw new BadInputException(
            "the settings files %s are too long for a submission: leave out what is not needed, or name fewer with --conf"
                .formatted(String.join(", ", planned.settingsFiles().texts().keySet())));
      }
      derived.put(SubmittedFiles.PROPERTY, files);
    }
  }

  private static Optional<String> joined(Stream<String> parts, String separator) {
    return Optional.of(parts.filter(part -> !part.isBlank()).collect(Collectors.joining(separator)))
        .filter(all -> !all.isEmpty());
  }
}
