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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * Checks that the training in a directory has the settings of the grid: a result of other settings
 * would be a wrong point in the figure.
 */
final class SameTraining {
  private static final String TRAINING = "training";

  /** Settings that change the speed, and the result only by rounding. */
  private static final Set<String> FREE =
      Set.of(
          "engine",
          "device",
          "workers",
          "threads-per-worker",
          "micro-batch",
          "log-every",
          "validation-every",
          "max-restarts",
          "restart-delay",
          "slots-wait",
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
        new SettingsLoader().run(name, directory.readText(RunDirectory.CONFIG)).load(Purpose.TRAIN);
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
   * Values of the settings that affect the result, as HOCON; settings without a value are skipped.
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
