package dev.larkspur.costmodel;

import dev.larkspur.costmodel.Estimate.Choice;
import dev.larkspur.costmodel.Estimate.StepTime;
import dev.larkspur.costmodel.Workload.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Time of one step; with self-guidance, the mean over guided and plain steps. */
public final class StepModel {
  private record Part(PhaseModel model, double share) {}

  private final List<Part> parts = new ArrayList<>();

  public StepModel(Workload workload, Cluster cluster, Assumptions assumptions) {
    for (Phase phase : workload.phases()) {
      double share = (double) phase.steps() / workload.steps();
      parts.add(new Part(new PhaseModel(workload, phase, cluster, assumptions), share));
    }
  }

  /**
   * Breakdown of one step.
   *
   * @param choice with a micro-batch that divides the sequences of one GPU
   */
  public StepTime step(Choice choice) {
    StepTime mean = StepTime.NONE;
    for (Part part : parts) {
      mean = mean.plus(part.share(), part.model().step(choice));
    }
    return mean;
  }

  /** Seconds of the exchange, hidden or not. */
  public double exchange(Choice choice) {
    return mean(model -> model.exchange(choice));
  }

  /** Seconds in which workers exchange the shards of a checkpoint that they have read. */
  double shareCheckpoint(Choice choice) {
    return mean(model -> model.shareCheckpoint(choice));
  }

  private double mean(ToDoubleFunction<PhaseModel> seconds) {
    return parts.stream()
        .mapToDouble(part -> part.share() * seconds.applyAsDouble(part.model()))
        .sum();
  }
}
