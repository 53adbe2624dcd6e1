package dev.larkspur.cli;

import dev.larkspur.costmodel.Cluster;
import dev.larkspur.costmodel.Estimate;
import dev.larkspur.costmodel.Search;
import dev.larkspur.costmodel.Workload;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.Durations;
import dev.larkspur.report.JsonText;
import dev.larkspur.report.ScalingText;
import dev.larkspur.report.ScalingText.ScalingPlan;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.TrainingSettings;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says how long a training would take on GPUs, and with which settings, by arithmetic alone. */
@Command(
    name = "plan",
    header = "Estimate a training on 1 to 1,024 GPUs: days, costs of a step, settings.",
    description = {
      "",
      "A model, not a measurement: Larkspur has not been run on GPUs. docs/scaling-out.md has its"
          + " formulas and assumptions. training.workers of the settings is not looked at, and the"
          + " settings that are printed change the time, not what is trained.",
      "",
      "Example: larkspur plan --conf conf/paper/xl-low-rank-32.conf --gpus 64 --gpu-type A100"
          + " --network 400",
      ""
    })
final class PlanCommand implements Runnable {
  private static final double GB = 1e9;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.TokenizerOption tokenizerOption;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private ClusterOptions clusterOptions;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    Cluster cluster = clusterOptions.cluster();
    Settings settings = settingsOptions.load(Purpose.DESCRIBE, tokenizerOption, corpusOption);
    TrainingSettings training = settings.training();
    requireWholeShares(settings, cluster.gpus());
    PrintWriter notes = spec.commandLine().getErr();
    ModelConfig model =
        new PlannedModel(settings, sparkOptions.hadoop(settings), notes::println).model();
    notes.flush();
    Workload workload =
        new Workload(
            model,
            training.guidance(model.context(), 0),
            training.globalBatch(),
            training.steps(model.context()),
            training.compute().precision());
    ScalingPlan plan = ScalingPlan.of(workload, cluster, best(workload, cluster));
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonText.of(plan) : ScalingText.of(plan, workload, cluster));
    out.flush();
  }

  private Estimate best(Workload workload, Cluster cluster) {
    Search search =
        new Search(
            workload,
            cluster,
            clusterOptions.assumptions(),
            choice -> ScalingPlan.memory(workload, cluster, choice).total());
    Estimate best =
        search
            .best()
            .orElseThrow(
                () ->
                    wrong(
                        "the model does not fit: one sequence a pass takes %.1f GB of the %.1f GB that"
                                .formatted(
                                    ScalingPlan.memory(workload, cluster, search.smallest()).total()
                                        / GB,
                                    search.usableMemory() / GB)
                            + " may be used of one GPU: take a GPU with more memory"));
    if (!best.ends()) {
      throw wrong(
          "such a training never ends: a failure every %s loses %s each: raise --storage or"
                  .formatted(Durations.text(cluster.mtbf()), Durations.text(best.lostPerFailure()))
              + " --mtbf-hours, lower --restart-seconds, or take fewer GPUs");
    }
    return best;
  }

  private static void requireWholeShares(Settings settings, int gpus) {
    int batch = settings.training().globalBatch();
    if (batch % gpus != 0) {
      String divisors =
          IntStream.rangeClosed(1, batch)
              .filter(each -> batch % each == 0)
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(", "));
      throw new SettingsException(
          List.of(
              settings.problem(
                  "training.global-batch",
                  "%s cannot share a global batch of %s"
                      .formatted(Count.of(gpus, "GPU"), Count.of(batch, "sequence")),
                  "give --gpus one of %s, or set it to a multiple of %d, which changes what is"
                          .formatted(divisors, gpus)
                      + " trained")));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
