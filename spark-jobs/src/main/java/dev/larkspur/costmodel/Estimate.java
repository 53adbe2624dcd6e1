package dev.larkspur.costmodel;

/**
 * A whole training.
 *
 * @param choice the settings it is for
 * @param step time of one step
 * @param exchange seconds of the gradient exchange of one step, hidden or not
 * @param checkpoint how often to save
 * @param lostPerFailure seconds: half an interval, the writing of a checkpoint, and the restart
 * @param failures expected number
 * @param seconds of the whole; infinite if failures come faster than the training goes on
 */
public record Estimate(
    Choice choice,
    StepTime step,
    double exchange,
    CheckpointInterval checkpoint,
    double lostPerFailure,
    double failures,
    double seconds) {

  /** The training with these settings. */
  public static Estimate of(
      Workload workload, Cluster cluster, Assumptions assumptions, Choice choice) {
    StepModel model = new StepModel(workload, cluster, assumptions);
    StepTime step = model.step(choice);
    CheckpointInterval interval =
        CheckpointInterval.of(workload, cluster, assumptions, step.total());
    double undisturbed = workload.steps() * (step.total() + interval.stall() / interval.every());
    // Storage is as fast in one direction as in the other, and each worker reads as much as it
    // wrote.
    double reading = interval.write() + model.shareCheckpoint(choice);
    double lost = interval.seconds() / 2 + interval.write() + cluster.restart() + reading;
    double progress = 1 - lost / cluster.mtbf();
    double seconds = progress > 0 ? undisturbed / progress : Double.POSITIVE_INFINITY;
    return new Estimate(
        choice, step, model.exchange(choice), interval, lost, seconds / cluster.mtbf(), seconds);
  }

  /** Whether it ends. */
  public boolean ends() {
    return Double.isFinite(seconds);
  }

  /** Seconds lost by all failures. */
  public double lost() {
    return failures * lostPerFailure;
  }

  /** Share of all time that goes to forward and backward, in (0, 1). */
  public double efficiency(long steps) {
    return steps * (step.products() + step.between()) / seconds;
  }
}
