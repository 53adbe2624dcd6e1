package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Finds the settings that a training is shortest with. */
public final class Search {
  private static final long MIB = 1 << 20;

  /** From the default up to half of what the setting allows. */
  private static final List<Long> BUCKETS =
      List.of(4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB);

  /** The model is not exact enough to change a default for less. */
  private static final double NEARLY = 1.01;

  private final Workload workload;
  private final Cluster cluster;
  private final Assumptions assumptions;
  private final ToDoubleFunction<Choice> memory;

  /**
   * @param memory bytes of one GPU with some settings
   */
  public Search(
      Workload workload,
      Cluster cluster,
      Assumptions assumptions,
      ToDoubleFunction<Choice> memory) {
    this.workload = workload;
    this.cluster = cluster;
    this.assumptions = assumptions;
    this.memory = memory;
  }

  /** Whether some settings fit the memory of a GPU. */
  public boolean fits(Choice choice) {
    return memory.applyAsDouble(choice) <= usableMemory();
  }

  /** Bytes of one GPU that tensors may take. */
  public double usableMemory() {
    return assumptions.reached().usableMemory() * cluster.gpu().memoryBytes();
  }

  /** The settings that need the least memory. */
  public Choice smallest() {
    return new Choice(1, cluster.gpus() > 1, WireDtype.FP32, BUCKETS.get(0));
  }

  /**
   * The best that fit; of those nearly as good, the one nearest the defaults. Empty if none fit.
   */
  public Optional<Estimate> best() {
    List<Estimate> fitting =
        choices().stream()
            .filter(this::fits)
            .map(choice -> Estimate.of(workload, cluster, assumptions, choice))
            .toList();
    double shortest = fitting.stream().mapToDouble(Estimate::seconds).min().orElse(0);
    return fitting.stream().filter(estimate -> estimate.seconds() <= NEARLY * shortest).findFirst();
  }

  /**
   * All that can be chosen, from the defaults on; large passes first, since each operation also has
   * to be launched, which the model leaves out.
   */
  private List<Choice> choices() {
    int sequences = workload.globalBatch() / cluster.gpus();
    List<Choice> choices = new ArrayList<>();
    for (boolean shards : List.of(false, true)) {
      for (WireDtype wire : WireDtype.values()) {
        for (long bucket : BUCKETS) {
          IntStream.rangeClosed(1, sequences)
              .filter(passes -> sequences % passes == 0)
              .mapToObj(passes -> new Choice(sequences / passes, shards, wire, bucket))
              .forEach(choices::add);
        }
      }
    }
    return choices;
  }
}
