package dev.larkspur.cli;

import dev.larkspur.evaluate.task.FewShot;
import dev.larkspur.evaluate.task.TaskFile;
import dev.larkspur.evaluate.task.TaskFormat;
import dev.larkspur.storage.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which tasks a model is asked, and how. */
final class TaskOptions {
  @Option(
      names = "--tasks",
      paramLabel = "FILE",
      arity = "1..*",
      description = {
        "Ask the questions of these files instead: LAMBADA, HellaSwag, PIQA, ARC, WinoGrande or"
            + " SciQ",
        "as published, JSON lines or Parquet, or your own (docs/evaluation.md). May be repeated."
      })
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--task-format",
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description =
          "Format of the files: lambada, hellaswag, piqa, arc, winogrande, sciq, choices or"
              + " contexts (default: detected from their fields).")
  private TaskFormat format;

  @Option(
      names = "--shots",
      paramLabel = "N",
      description = "Put N solved examples before each question (default: ${DEFAULT-VALUE}).")
  private int shots;

  @Option(
      names = "--shots-from",
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to draw the examples from, one for each of --tasks, in their order.")
  private List<String> shotsFrom = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Another seed draws other examples (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--questions",
      paramLabel = "N",
      description = "Ask at most the first N questions of each file (default: all).")
  private int questions = Integer.MAX_VALUE;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Measure at most N choices of each Spark task at a time (default: ${DEFAULT-VALUE}).")
  private int batch = 32;

  boolean isGiven() {
    return !files.isEmpty();
  }

  int shots() {
    return shots;
  }

  long seed() {
    return seed;
  }

  int batch() {
    return batch;
  }

  /** What is wrong with the numbers and with what belongs together. */
  Optional<String> problem() {
    if (!isGiven()) {
      return format == null && shots == 0 && shotsFrom.isEmpty() && questions == Integer.MAX_VALUE
          ? Optional.empty()
          : Optional.of(
              "--task-format, --shots, --shots-from and --questions are for tasks: give --tasks");
    }
    if (shots < 0) {
      return Optional.of("--shots is " + shots + ": give 0 or more");
    }
    if (questions < 1) {
      return Optional.of("--questions is " + questions + ": give 1 or more");
    }
    if (batch < 1) {
      return Optional.of("--batch is " + batch + ": give 1 or more");
    }
    if (shots > 0 && shotsFrom.size() != files.size()) {
      return Optional.of(
          "--shots %d needs a file of examples for each task, and there are %d for %d: give --shots-from, with a training split for each file of --tasks"
              .formatted(shots, shotsFrom.size(), files.size()));
    }
    return shots == 0 && !shotsFrom.isEmpty()
        ? Optional.of("--shots-from is given without --shots: give the number of examples")
        : Optional.empty();
  }

  /**
   * Reads the tasks, with their examples.
   *
   * @throws BadInputException naming the file, the line and the field that are wrong
   */
  List<TaskFile> read(Configuration hadoop) {
    List<TaskFile> tasks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < files.size(); i++) {
      TaskFile task = TaskFile.read(files.get(i), Optional.ofNullable(format), hadoop);
      if (!names.add(task.name())) {
        throw new BadInputException(
            "two files of --tasks are named %s, and so would be their results: rename one, or evaluate them one after the other"
                .formatted(task.name()));
      }
      TaskFile asked = task.first(questions);
      tasks.add(
          shots == 0
              ? asked
              : new FewShot(shots, seed)
                  .before(
                      asked, TaskFile.read(shotsFrom.get(i), Optional.of(task.format()), hadoop)));
    }
    return tasks;
  }

  /** Reads the name of a format. */
  static final class FormatConverter implements ITypeConverter<TaskFormat> {
    @Override
    public TaskFormat convert(String word) {
      return Arrays.stream(TaskFormat.values())
          .filter(format -> format.word().equals(word.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is no format: give one of %s"
                          .formatted(
                              word,
                              Arrays.stream(TaskFormat.values())
                                  .map(TaskFormat::word)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}
