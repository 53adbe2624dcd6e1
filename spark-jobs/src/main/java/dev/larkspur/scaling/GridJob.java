package dev.larkspur.scaling;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.train.driver.SummaryFile;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingObserver;
import dev.larkspur.train.driver.TrainingSummary;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.watch.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;

/**
 * Trains a grid, one model after another, each as {@code train} does. When it is started again, it
 * skips completed trainings and resumes the one that was interrupted.
 */
public final class GridJob {
  private GridJob() {}

  /**
   * Trains what is not yet completed.
   *
   * @return the results of all; empty if a training was stopped
   * @throws dev.larkspur.train.TrainingException if a directory holds a training with other
   *     settings
   */
  public static Optional<List<RunResult>> run(
      SparkContext spark, Grid grid, GridObserver observer) {
    Configuration hadoop = spark.hadoopConfiguration();
    for (GridRun run : grid.runs()) {
      SameTraining.require(run, hadoop);
    }
    List<RunResult> results = new ArrayList<>();
    for (GridRun run : grid.runs()) {
      Optional<TrainingSummary> summary =
          SummaryFile.completed(run.settings().run().dir(), hadoop)
              .filter(done -> done.step() == run.steps())
              .or(() -> train(spark, run, results.size() + 1, grid.runs().size(), observer));
      if (summary.isEmpty()) {
        return Optional.empty();
      }
      results.add(RunResult.of(run, summary.get()));
      observer.done(run, List.copyOf(results));
    }
    return Optional.of(results);
  }

  /** Empty if the training was stopped. */
  private static Optional<TrainingSummary> train(
      SparkContext spark, GridRun run, int number, int all, GridObserver observer) {
    observer.started(run, number, all);
    TrainingObserver training = observer.training();
    TrainingResult result = TrainingJob.run(spark, run.settings(), training);
    if (result.outcome() == TrainingResult.Outcome.TRAINED) {
      RunReport.write(run.settings().run().dir(), spark.hadoopConfiguration(), training::note);
    }
    return switch (result.outcome()) {
      case STOPPED, HELD -> Optional.empty();
      case TRAINED, ALREADY_DONE -> Optional.of(result.summary());
    };
  }

  /** Observes a grid. */
  public interface GridObserver {

    /**
     * A training is about to start or resume.
     *
     * @param number its number among all, from 1
     */
    void started(GridRun run, int number, int all);

    /** Observes the training that has begun. */
    TrainingObserver training();

    /**
     * A training is completed, or was before.
     *
     * @param soFar results of all completed trainings, this one last
     */
    void done(GridRun run, List<RunResult> soFar);
  }

  /**
   * Checks that the training in a directory has the settings of the grid: a result of other
   * settings would be a wrong point in the figure.
   */
  static final class SameTraining {
    private static final String TRAINING = "training";

    /** Settings that change the speed, and the result only by rounding. */
    private static final Set<String> FREE =
        Set.of(
            "engine",
            "device",
            "workers",
            "threads-per-worker",
            "activation-checkpointing",
            "micro-batch",
            "log-every",
            "validation-every",
            "max-restarts",
            "restart-delay",
            "slots-wait",
            "stall-timeout",
            "exchange.bucket-bytes",
            "exchange.wire",
            "shard-optimizer",
            "collective-timeout",
            "network-interface",
            "rendezvous-ports");

    private SameTraining() {}

    /**
     * Passes if there is no training yet, or one with these settings.
     *
     * @throws BadInputException naming each difference
     */
    static void require(GridRun run, Configuration hadoop) {
      RunDirectory directory = new RunDirectory(run.settings().run().dir(), hadoop);
      if (!directory.has(RunDirectory.CONFIG)) {
        return;
      }
      String name = directory.path(RunDirectory.CONFIG).toString();
      Settings before =
          new SettingsLoader()
              .run(name, directory.readText(RunDirectory.CONFIG))
              .load(Purpose.TRAIN);
      List<String> differences = differences(before, run);
      if (!differences.isEmpty()) {
        throw new BadInputException(
            "%s holds a training with other settings: %s. Delete it, or use another run.dir"
                .formatted(run.settings().run().dir(), String.join("; ", differences)));
      }
    }

    /** Each setting that affects the result and differs from the grid. */
    static List<String> differences(Settings before, GridRun run) {
      List<String> differences = new ArrayList<>();
      ModelConfig model = run.model();
      compare(
          differences,
          "the model",
          before.model().toConfig(model.context(), model.vocabulary()),
          model);
      compare(differences, "run.seed", before.run().seed(), run.seed());
      Map<String, String> earlier = training(before.resolved());
      Map<String, String> now = training(run.settings().resolved());
      Set<String> keys = new TreeSet<>(earlier.keySet());
      keys.addAll(now.keySet());
      for (String key : keys) {
        compare(differences, TRAINING + "." + key, earlier.get(key), now.get(key));
      }
      return differences;
    }

    /**
     * Values of the settings that affect the result, as HOCON; settings without a value are
     * skipped.
     */
    private static Map<String, String> training(Config settings) {
      Map<String, String> values = new TreeMap<>();
      for (Map.Entry<String, ConfigValue> each : settings.getConfig(TRAINING).entrySet()) {
        if (FREE.stream().noneMatch(key -> isBelow(each.getKey(), key))) {
          values.put(each.getKey(), each.getValue().render(ConfigRenderOptions.concise()));
        }
      }
      return values;
    }

    private static boolean isBelow(String key, String group) {
      return key.equals(group) || key.startsWith(group + ".");
    }

    private static void compare(List<String> differences, String what, Object before, Object now) {
      if (!Objects.equals(before, now)) {
        differences.add("%s was %s and is %s".formatted(what, before, now));
      }
    }
  }
}
