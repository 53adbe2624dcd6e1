package dev.larkspur.submit;

import dev.larkspur.storage.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.launcher.SparkSubmitArgumentsParser;

/**
 * Arguments of {@code larkspur submit}: options of {@code spark-submit}, as the present Spark has
 * them, then a command with its own.
 *
 * @param options those of spark-submit, as they were given
 * @param own options of {@code submit} itself among them
 * @param properties what they set, names as in {@code spark-defaults.conf}
 * @param propertiesFile in place of {@code spark-defaults.conf}; null if none is given
 * @param command the command and its options; empty if only submissions are managed
 */
public record SubmitArguments(
    List<String> options,
    Own own,
    Map<String, String> properties,
    String propertiesFile,
    List<String> command) {

  /** Properties that have an option of their own. */
  private static final Map<String, String> PROPERTY_OF_OPTION =
      Map.ofEntries(
          Map.entry("--master", SparkProperties.MASTER),
          Map.entry("--deploy-mode", SparkProperties.DEPLOY_MODE),
          Map.entry("--name", SparkProperties.NAME),
          Map.entry("--jars", SparkProperties.JARS),
          Map.entry("--driver-memory", SparkProperties.DRIVER_MEMORY),
          Map.entry("--driver-java-options", SparkProperties.DRIVER_JAVA_OPTIONS),
          Map.entry("--executor-memory", "spark.executor.memory"),
          Map.entry("--executor-cores", "spark.executor.cores"),
          Map.entry("--num-executors", "spark.executor.instances"));

  public static final String APPLICATION = "--application";
  public static final String DRY_RUN = "--dry-run";

  /** Between an own option and its value. */
  private static final String JOINED = "(?<=^" + APPLICATION + ")=";

  public SubmitArguments {
    options = List.copyOf(options);
    properties = Map.copyOf(properties);
    command = List.copyOf(command);
  }

  /**
   * Divides arguments at the first word that is neither an option of spark-submit nor its value.
   *
   * @throws BadInputException if an option is unknown, or there is no command
   */
  public static SubmitArguments parse(List<String> arguments) {
    Reader reader = new Reader();
    List<String> words =
        arguments.stream().flatMap(word -> Arrays.stream(word.split(JOINED, 2))).toList();
    try {
      reader.read(words);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("spark-submit does not take this: " + e.getMessage(), e);
    }
    List<String> options = new ArrayList<>(words.subList(0, words.size() - reader.command.size()));
    reader.ownWords.forEach(options::remove);
    return new SubmitArguments(
        options,
        new Own(reader.application, reader.dryRun),
        reader.properties,
        reader.propertiesFile,
        reader.command);
  }

  /** With the master that the command names, unless an option of spark-submit names one. */
  public SubmitArguments withMaster(Optional<String> master) {
    if (master.isEmpty() || properties.containsKey(SparkProperties.MASTER)) {
      return this;
    }
    List<String> more = new ArrayList<>(options);
    more.addAll(List.of("--master", master.get()));
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put(SparkProperties.MASTER, master.get());
    return new SubmitArguments(more, own, all, propertiesFile, command);
  }

  /**
   * The words that set a property, whatever the options before them say: Spark prefers an option to
   * {@code --conf} of its property, wherever they stand.
   */
  List<String> overriding(String property, String value) {
    return PROPERTY_OF_OPTION.entrySet().stream()
        .filter(option -> option.getValue().equals(property) && isGiven(option.getKey()))
        .map(option -> List.of(option.getKey(), value))
        .findFirst()
        .orElseGet(() -> List.of("--conf", property + "=" + value));
  }

  private boolean isGiven(String option) {
    return options.stream().anyMatch(word -> word.equals(option) || word.startsWith(option + "="));
  }

  /**
   * Options of {@code submit} itself.
   *
   * @param application where the cluster has the jar; null if it is not given
   * @param dryRun whether nothing is submitted
   */
  public record Own(String application, boolean dryRun) {}

  private static final class Reader extends SparkSubmitArgumentsParser {
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<String> command = new ArrayList<>();
    private String propertiesFile;
    private final List<String> ownWords = new ArrayList<>();
    private String application;
    private boolean dryRun;
    private boolean manages;

    void read(List<String> arguments) {
      parse(arguments);
      if (command.isEmpty() && !manages) {
        throw new BadInputException(
            "there is no command to submit: write it after the options of spark-submit, for example"
                + " larkspur submit --master yarn train --conf small.conf");
      }
    }

    @Override
    protected boolean handle(String option, String value) {
      switch (option) {
        case "--conf" -> {
          int equals = value.indexOf('=');
          if (equals < 1) {
            throw new BadInputException(
                "--conf %s is not NAME=VALUE: before the command --conf is that of spark-submit; a file of settings goes after the command"
                    .formatted(value));
          }
          properties.put(value.substring(0, equals), value.substring(equals + 1));
        }
        case "--properties-file" -> propertiesFile = value;
        case "--kill", "--status" -> manages = true;
        default ->
            Optional.ofNullable(PROPERTY_OF_OPTION.get(option))
                .ifPresent(property -> properties.put(property, value));
      }
      return true;
    }

    @Override
    protected boolean handleUnknown(String word) {
      if (isOwn(word)) {
        ownWords.add(word);
        return true;
      }
      if (word.startsWith("-")) {
        throw new BadInputException(
            "%s is not an option of spark-submit: options of the command go after the command"
                .formatted(word));
      }
      command.add(word);
      return false;
    }

    private boolean isOwn(String word) {
      boolean isItsValue = ownWords.contains(APPLICATION) && application == null;
      if (isItsValue) {
        application = word;
        return true;
      }
      dryRun |= word.equals(DRY_RUN);
      return word.equals(DRY_RUN) || word.equals(APPLICATION);
    }

    @Override
    protected void handleExtraArgs(List<String> rest) {
      command.addAll(rest);
    }
  }
}
