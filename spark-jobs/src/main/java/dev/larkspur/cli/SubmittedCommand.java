package dev.larkspur.cli;

import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.costmodel.TrainingPlan;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SubmittedFiles;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.submit.Submission.Planned;
import dev.larkspur.submit.TrainingSize;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A command line that has been parsed and is not executed here: its options and settings. */
final class SubmittedCommand {
  private final CommandSpec spec;
  private final List<Object> options;

  /** The command of a parsed line, or the innermost one of several. */
  SubmittedCommand(ParseResult parsed) {
    ParseResult innermost = parsed;
    while (innermost.hasSubcommand()) {
      innermost = innermost.subcommand();
    }
    spec = innermost.commandSpec();
    options = mixins(spec).toList();
  }

  private static Stream<Object> mixins(CommandSpec spec) {
    return spec.mixins().values().stream()
        .flatMap(mixin -> Stream.concat(Stream.of(mixin.userObject()), mixins(mixin)));
  }

  private <T> Optional<T> find(Class<T> type) {
    return options.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The master that the command's own option or its settings name. */
  Optional<String> master(Settings settings) {
    return find(SparkOptions.class).flatMap(spark -> spark.chosenMaster(settings));
  }

  /**
   * Its settings, those of a training or a preparation checked for it.
   *
   * @throws dev.larkspur.settings.SettingsException with all problems that were found
   */
  Settings settings() {
    Optional<RunOptions> run = find(RunOptions.class);
    if (run.isPresent()) {
      return run.get().settings(new SparkOptions(), Purpose.SAMPLE);
    }
    Shorthand[] shorthands =
        options.stream()
            .filter(Shorthand.class::isInstance)
            .map(Shorthand.class::cast)
            .toArray(Shorthand[]::new);
    SettingsOptions given = find(SettingsOptions.class).orElseGet(SettingsOptions::new);
    return isTraining()
        ? InitialModelOption.load(given, new SparkOptions(), shorthands)
        : given.load(purpose(), shorthands);
  }

  private Purpose purpose() {
    return spec.userObject() instanceof PrepareCommand ? Purpose.PREPARE : Purpose.SAMPLE;
  }

  private boolean isTraining() {
    return spec.userObject() instanceof TrainCommand;
  }

  /**
   * What a submission needs to know.
   *
   * @param notes receives why something is not derived
   */
  Planned planned(Settings settings, AddOnJar addOn, Consumer<String> notes) {
    String command = spec.qualifiedName();
    String name =
        find(RunOptions.class)
            .map(run -> ApplicationName.ofRun(command, run.dir()))
            .orElseGet(() -> ApplicationName.of(command, settings));
    return new Planned(
        name,
        settings.openSpark(),
        settings.spark().keySet().stream()
            .filter(key -> !settings.openSpark().containsKey(key))
            .sorted()
            .toList(),
        SubmittedFiles.of(
            find(SettingsOptions.class).map(SettingsOptions::files).orElse(List.of())),
        addOn.neededBy(settings).stream().toList(),
        isTraining() ? size(settings, notes) : Optional.empty());
  }

  private Optional<TrainingSize> size(Settings settings, Consumer<String> notes) {
    try {
      PlannedModel planned =
          new PlannedModel(settings, () -> new SparkOptions().hadoop(settings), ignored -> {});
      ModelConfig model = planned.model();
      return Optional.of(
          new TrainingSize(
              TrainingPlan.of(model, settings.training(), planned.corpus()), settings.training()));
    } catch (LarkspurException e) {
      notes.accept(
          "larkspur: executors get Spark's default memory unless you set it, as the model's size is"
              + " not known here: "
              + e.getMessage());
      return Optional.empty();
    }
  }
}
