package dev.larkspur.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.SampleTexts;
import dev.larkspur.settings.DifferingSetting;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.status.RunState;
import dev.larkspur.status.RunStatus;
import dev.larkspur.status.RunStatusReader;
import dev.larkspur.train.driver.SummaryFile;
import dev.larkspur.train.driver.TrainingFlops;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/** One run that is watched: what its directory said when it was last read. */
final class WatchedRun {
  /** How often a completed run is read: somebody may train it further. */
  private static final Duration AFTER_COMPLETION = Duration.ofMinutes(1);

  private static final String AGE = "ageSeconds";

  private final int id;
  private final String directory;
  private final RunDirectory run;
  private final RunStatusReader reader;
  private final MetricsLog metrics;
  private final Map<Long, SampleTexts> samples = new TreeMap<>();

  private String config = "";
  private Map<String, String> settings = Map.of();
  private DoubleUnaryOperator flops = step -> Double.NaN;
  private Instant read = Instant.MIN;
  private RunState state = RunState.NOT_STARTED;
  private ObjectNode view = Json.mapper().createObjectNode();

  WatchedRun(int id, String directory, RunStatusReader reader) {
    this.id = id;
    this.directory = directory;
    this.reader = reader;
    this.run = new RunDirectory(directory, reader.hadoop());
    this.metrics = new MetricsLog(run);
  }

  int id() {
    return id;
  }

  String directory() {
    return directory;
  }

  /** Its settings by key; empty if they are unknown. */
  Map<String, String> settings() {
    return settings;
  }

  MetricsLog metrics() {
    return metrics;
  }

  Progression progression() {
    return new Progression(metrics.track(Track.TRAINING), flops);
  }

  /** What is shown besides curves; without ages, so that it is the same until something happens. */
  ObjectNode view() {
    return view;
  }

  /**
   * Reads what is new.
   *
   * @throws dev.larkspur.run.RunDirectory.StoreException if storage does not respond
   */
  void refresh(Instant now) {
    if (state == RunState.COMPLETED && now.isBefore(read.plus(AFTER_COMPLETION))) {
      return;
    }
    // The state first: when it says completed, all metrics are there.
    RunStatus status = reader.status(directory);
    readSettings();
    metrics.refresh();
    readSamples();
    view = view(status);
    state = status.state();
    read = now;
  }

  private void readSettings() {
    if (!run.hasFile(RunDirectory.CONFIG)) {
      return;
    }
    String text = run.readText(RunDirectory.CONFIG);
    if (!text.equals(config)) {
      config = text;
      settings = DifferingSetting.values(text);
      flops = flops(text);
    }
  }

  /**
   * As the summary counts them; of a run that this version cannot read, as that says on average.
   */
  private DoubleUnaryOperator flops(String text) {
    try {
      Config values = ConfigFactory.parseString(text);
      Settings loaded = new SettingsLoader().run(directory, text).load(Purpose.TRAIN);
      ModelConfig model =
          loaded
              .model()
              .toConfig(values.getInt("model.context"), values.getInt("model.vocabulary"));
      return step -> TrainingFlops.of(loaded.training(), model, (long) step);
    } catch (SettingsException | ConfigException | IllegalArgumentException otherVersion) {
      double perStep =
          SummaryFile.read(run)
              .filter(summary -> summary.step() > 0)
              .map(summary -> summary.size().trainingFlops() / summary.step())
              .orElse(Double.NaN);
      return step -> step * perStep;
    }
  }

  private void readSamples() {
    List<Long> steps = SampleTexts.steps(run);
    samples.keySet().retainAll(steps);
    for (long step : steps) {
      if (!samples.containsKey(step)) {
        SampleTexts.read(run, step).ifPresent(texts -> samples.put(step, texts));
      }
    }
  }

  private ObjectNode view(RunStatus status) {
    ObjectNode node = Json.mapper().createObjectNode();
    ObjectNode written = (ObjectNode) Json.write(status);
    written.findParents(AGE).forEach(parent -> ((ObjectNode) parent).remove(AGE));
    node.set("status", written);
    node.set("phases", Json.mapper().valueToTree(phases()));
    node.put("trainedSteps", metrics.track(Track.TRAINING).lastStep());
    Map<String, List<String>> columns = new TreeMap<>();
    metrics.tracks().forEach((name, track) -> columns.put(name, List.copyOf(track.names())));
    node.set("columns", Json.mapper().valueToTree(columns));
    node.set("checkpoints", Json.mapper().valueToTree(new CheckpointStore(run).steps()));
    node.set("samples", Json.mapper().valueToTree(new ArrayList<>(samples.values())));
    return node;
  }

  /** Seconds that the run has spent in each phase, on rank 0. */
  private Map<String, Double> phases() {
    Track training = metrics.track(Track.TRAINING);
    Map<String, Double> phases = new LinkedHashMap<>();
    training.names().stream()
        .filter(name -> name.startsWith(Track.PHASES))
        .forEach(name -> phases.put(name.substring(Track.PHASES.length()), training.sum(name)));
    return phases;
  }
}
