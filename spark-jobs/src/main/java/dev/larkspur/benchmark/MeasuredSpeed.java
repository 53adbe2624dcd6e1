package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.optim.AdamW;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.settings.TrainingSettings;
import java.util.HashMap;
import java.util.Map;

/** Measures how fast models train on this machine's CPU: one step of each, after one to warm up. */
public final class MeasuredSpeed {
  /**
   * Larger models are not measured: a step may take minutes, and more memory than the machine has.
   */
  static final long MOST_PARAMETERS = 20_000_000;

  private static final double LEAST_SECONDS = 1;

  private final Map<ModelConfig, Double> known = new HashMap<>();

  /** Tokens per second; NaN for a model that is too large to measure. */
  public double of(GridRun run) {
    return ModelSize.of(run.model()).parameters() > MOST_PARAMETERS
        ? Double.NaN
        : known.computeIfAbsent(run.model(), model -> measure(model, run.settings().training()));
  }

  private static double measure(ModelConfig model, TrainingSettings training) {
    int threads = Runtime.getRuntime().availableProcessors();
    try (Replica replica =
        Engines.named(training.compute().engine())
            .replica(model, Device.cpu(threads), training.compute().precision(), AdamW.PAPER)) {
      int passes = training.globalBatch() / training.microBatch();
      TrainingStep step = new TrainingStep(replica, model, training.microBatch(), passes);
      step.run();
      long began = System.nanoTime();
      long tokens = 0;
      double seconds;
      do {
        tokens += step.run();
        seconds = (System.nanoTime() - began) / 1e9;
      } while (seconds < LEAST_SECONDS);
      return tokens / seconds;
    }
  }
}
