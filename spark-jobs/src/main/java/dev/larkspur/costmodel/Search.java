package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Searches for the settings with which a training is shortest. */
public final class Search {
  private static final long MIB = 1 << 20;

  /** Bucket sizes from the default to half of the largest that the setting allows, in bytes. */
  private static final List<Long> BUCKETS =
      List.of(4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, 1024 * MIB);

  /**
   * A smaller gain than this does not justify another setting than the default: the model is not
   * that exact.
   */
  private static final double NEARLY = 1.01;

  private final Workload workload;
  private final Cluster cluster;
  private final Assumptions assumptions;
  private final ToDoubleFunction<Choice> memory;

  /**
   * @param memory bytes that one GPU needs with a choice of settings
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

  /** Whether a choice of settings fits the memory of a GPU. */
  public boolean fits(Choice choice) {
    return memory.applyAsDouble(choice) <= usableMemory();
  }

  /** Memory of one GPU that tensors may take, bytes. */
  public double usableMemory() {
    return assumptions.reached().usableMemory() * cluster.gpu().memoryBytes();
  }

  /** The choice that needs the least memory. */
  public Choice smallest() {
    return new Choice(1, cluster.gpus() > 1, WireDtype.FP32, BUCKETS.get(0));
  }

  /**
   * The fastest choice that fits; among those nearly as fast, the one closest to the defaults.
   * Empty if none fits.
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
   * All choices, starting from the defaults; large micro-batches first, because launching an
   * operation takes time, which the model ignores.
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
