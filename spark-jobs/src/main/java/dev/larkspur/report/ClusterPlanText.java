package dev.larkspur.report;

import dev.larkspur.costmodel.Cluster;
import dev.larkspur.costmodel.ClusterPlan;
import dev.larkspur.costmodel.Estimate;
import dev.larkspur.costmodel.Estimate.CheckpointInterval;
import dev.larkspur.costmodel.Estimate.Choice;
import dev.larkspur.costmodel.Estimate.StepTime;
import dev.larkspur.costmodel.WorkerMemory;
import dev.larkspur.costmodel.Workload;
import dev.larkspur.settings.Count;
import java.util.Locale;

/** Formats a {@link ClusterPlan}. */
public final class ClusterPlanText {
  private static final double GB = 1e9;
  private static final double MILLIS = 1000;
  private static final double PERCENT = 100;
  private static final long MIB = 1 << 20;

  private final StringBuilder text = new StringBuilder();

  private ClusterPlanText() {}

  public static String of(ClusterPlan plan, Workload workload, Cluster cluster) {
    ClusterPlanText lines = new ClusterPlanText();
    lines.training(plan, workload, cluster);
    lines.step(plan.estimate(), workload);
    lines.memory(plan.memory(), cluster);
    lines.failures(plan.estimate(), cluster);
    lines.settings(plan.estimate());
    return lines.text.toString().stripTrailing();
  }

  private void training(ClusterPlan plan, Workload workload, Cluster cluster) {
    line(
        "a model, not a measurement (docs/scaling-out.md): %d x %s, %d steps of %,d tokens",
        cluster.gpus(), cluster.gpu().name(), workload.steps(), workload.tokensPerStep());
    line(
        "time            %14s        %.2f days, %,.0f GPU-hours",
        Durations.text(plan.estimate().seconds()), plan.speed().days(), plan.speed().gpuHours());
    line("speed           %,14.0f tokens/s", plan.speed().tokensPerSecond());
    line("MFU             %14.1f %%      of the peak", PERCENT * plan.speed().mfu());
    line(
        "efficiency      %14.1f %%      forward and backward", PERCENT * plan.speed().efficiency());
    line("bottleneck      %s", plan.limit());
    if (workload.guidance().steps() > 0) {
      line(
          "self-guided     %,14d steps        the step below is the mean; the memory includes guides",
          workload.guidance().steps());
    }
  }

  private void step(Estimate estimate, Workload workload) {
    StepTime step = estimate.step();
    line("step            %14.2f ms", MILLIS * step.total());
    step.parts()
        .forEach(
            (part, seconds) ->
                line(
                    "  %-19s %8.2f ms   %5.1f %%",
                    part, MILLIS * seconds, PERCENT * seconds / step.total()));
    line(
        "  the whole exchange takes %.2f ms; a pass is %s of %d tokens",
        MILLIS * estimate.exchange(),
        Count.of(estimate.choice().microBatch(), "sequence"),
        workload.model().context());
  }

  private void memory(WorkerMemory memory, Cluster cluster) {
    line(
        "memory of a GPU %14.1f GB     of %.0f",
        memory.total() / GB, cluster.gpu().memoryBytes() / GB);
    line(
        "  parameters %.1f, gradient %.1f, moments %.1f, bf16 copies %.1f, activations %.1f, logits"
            + " %.1f",
        memory.parameters() / GB,
        memory.gradient() / GB,
        memory.moments() / GB,
        memory.bf16Parameters() / GB,
        memory.activations() / GB,
        memory.logits() / GB);
  }

  private void failures(Estimate estimate, Cluster cluster) {
    CheckpointInterval checkpoint = estimate.checkpoint();
    line(
        "checkpoints     every %s; each stalls %.2f s, is committed after %.1f s",
        Durations.text(checkpoint.seconds()), checkpoint.stall(), checkpoint.write());
    line(
        "failures        %14.1f        one in %s, each loses %s, %s in all",
        estimate.failures(),
        Durations.text(cluster.mtbf()),
        Durations.text(estimate.lostPerFailure()),
        Durations.text(estimate.lost()));
  }

  private void settings(Estimate estimate) {
    Choice choice = estimate.choice();
    line("settings");
    line("  training.micro-batch = %d", choice.microBatch());
    line("  training.shard-optimizer = %s", choice.shardOptimizer());
    line("  training.exchange.wire = %s", choice.wire().name().toLowerCase(Locale.ROOT));
    line("  training.exchange.bucket-bytes = %dMiB", choice.bucketBytes() / MIB);
    line("  checkpoint.every = %d", estimate.checkpoint().every());
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
