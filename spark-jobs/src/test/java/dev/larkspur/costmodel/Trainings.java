package dev.larkspur.costmodel;

import dev.larkspur.engine.GpuType;
import dev.larkspur.engine.Precision;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.TrainingSettings;

/** What the tests of this package plan. */
final class Trainings {
  private static final double HOUR = 3600;

  private Trainings() {}

  /** A row of the paper's main results, with so many steps of so many sequences. */
  static Workload paper(String preset, int globalBatch, long steps) {
    return new Workload(
        new SettingsLoader()
            .file("conf/paper/" + preset + ".conf")
            .load(Purpose.DESCRIBE)
            .model()
            .toConfig(1024, 32000),
        globalBatch,
        steps,
        Precision.BF16);
  }

  /** A whole training of a row of the self-guided paper's. */
  static Workload guided(String preset) {
    Settings settings =
        new SettingsLoader().file("conf/paper/" + preset + ".conf").load(Purpose.DESCRIBE);
    TrainingSettings training = settings.training();
    return new Workload(
        settings.model().toConfig(1024, 32000),
        training.guidance(1024, 0),
        training.globalBatch(),
        training.steps(1024),
        Precision.BF16);
  }

  /** Eight A100 a host, 400 Gbit/s and 1 GB/s of storage each. */
  static Cluster a100(int gpus) {
    return new Cluster(GpuType.named("A100").orElseThrow(), gpus, 8, 50e9, 1e9, 50_000 * HOUR, 180);
  }

  /** All that the hardware's figures promise. */
  static final Assumptions.Reached ALL = new Assumptions.Reached(1, 1, 1, 1);

  /** Round numbers: peaks and bandwidths reached, no hop, no fixed costs. */
  static Assumptions ideal() {
    return new Assumptions(ALL, 0, 0, 1e9, 0, 1e12);
  }
}
