package dev.larkspur.cli;

import dev.larkspur.costmodel.Assumptions;
import dev.larkspur.costmodel.Cluster;
import dev.larkspur.costmodel.ClusterPlan;
import dev.larkspur.costmodel.Estimate;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.costmodel.Search;
import dev.larkspur.costmodel.Workload;
import dev.larkspur.engine.GpuType;
import dev.larkspur.launch.NearestWord;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.report.ClusterPlanText;
import dev.larkspur.report.Durations;
import dev.larkspur.report.JsonReport;
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

/** Estimates the duration of a training on GPUs, and the best settings, with a cost model. */
@Command(
    name = "plan",
    header = "Estimate a training on 1 to 1,024 GPUs: duration, breakdown of a step, settings.",
    description = {
      "",
      "The estimate is a model, not a measurement: Larkspur has not been run on GPUs."
          + " docs/scaling-out.md describes its formulas and assumptions. training.workers is"
          + " ignored. The printed settings change the duration of the training, not its result.",
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
        new PlannedModel(settings, () -> sparkOptions.hadoop(settings), notes::println).model();
    notes.flush();
    Workload workload =
        new Workload(
            model,
            training.guidance(model.context(), 0),
            training.globalBatch(),
            training.steps(model.context()),
            training.compute().precision());
    ClusterPlan plan = ClusterPlan.of(workload, cluster, best(workload, cluster));
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(plan) : ClusterPlanText.of(plan, workload, cluster));
    out.flush();
  }

  private Estimate best(Workload workload, Cluster cluster) {
    Search search =
        new Search(
            workload,
            cluster,
            clusterOptions.assumptions(),
            choice -> ClusterPlan.memory(workload, cluster, choice).total());
    Estimate best =
        search
            .best()
            .orElseThrow(
                () ->
                    wrong(
                        "the model does not fit: with one sequence per pass it needs %.1f GB, and %.1f GB"
                                .formatted(
                                    ClusterPlan.memory(workload, cluster, search.smallest()).total()
                                        / GB,
                                    search.usableMemory() / GB)
                            + " of a GPU are usable: use a GPU with more memory"));
    if (!best.completes()) {
      throw wrong(
          "the training never completes: there is a failure every %s, and each costs %s: raise --storage or"
                  .formatted(Durations.text(cluster.mtbf()), Durations.text(best.lostPerFailure()))
              + " --mtbf-hours, lower --restart-seconds, or use fewer GPUs");
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
                  "%s cannot divide a global batch of %s"
                      .formatted(Count.of(gpus, "GPU"), Count.of(batch, "sequence")),
                  "give --gpus one of %s, or set it to a multiple of %d, which changes what is"
                          .formatted(divisors, gpus)
                      + " trained")));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Options that describe the cluster. */
  private static final class ClusterOptions {
    private static final double GIGA = 1e9;
    private static final double BITS = 8;
    private static final double SECONDS_OF_HOUR = 3600;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
        names = "--gpus",
        paramLabel = "N",
        required = true,
        description = "Number of GPUs, one worker on each; must divide training.global-batch.")
    private int gpus;

    @Option(
        names = "--gpu-type",
        paramLabel = "T",
        required = true,
        description = "H200 (SXM), H100 (SXM), A100 (SXM, 80 GB), L40S or V100 (SXM2, 32 GB).")
    private String type;

    @Option(
        names = "--network",
        paramLabel = "GBIT",
        description =
            "Network between hosts, Gbit/s per host, the total of its adapters. One host needs"
                + " none.")
    private Double network;

    @Option(
        names = "--gpus-per-host",
        paramLabel = "N",
        description = "GPUs of one host (default: ${DEFAULT-VALUE}).")
    private int gpusPerHost = 8;

    @Option(
        names = "--storage",
        paramLabel = "GB",
        description = "Storage of checkpoints, GB/s per host (default: ${DEFAULT-VALUE}).")
    private double storage = 1;

    @Option(
        names = "--mtbf-hours",
        paramLabel = "HOURS",
        description =
            "Mean time between failures of one GPU with its share of host and network (default:"
                + " ${DEFAULT-VALUE}, as reported for Llama 3).")
    private double mtbfHours = 50_000;

    @Option(
        names = "--restart-seconds",
        paramLabel = "S",
        description =
            "Time from a failure to the first step, without reading the checkpoint (default:"
                + " ${DEFAULT-VALUE}).")
    private double restart = 180;

    @Option(
        names = "--gpu-tflops",
        paramLabel = "TFLOPS",
        description =
            "Peak of matrix products in the precision of the training, instead of that of T.")
    private Double tflops;

    @Option(
        names = "--gpu-memory",
        paramLabel = "GB",
        description = "Memory of one GPU, instead of that of T.")
    private Double memory;

    @Option(
        names = "--product-share",
        paramLabel = "SHARE",
        description = "Fraction of the peak that large matrix products reach (default: 0.79).")
    private Double productShare;

    /**
     * The cluster.
     *
     * @throws ParameterException if a value is out of bounds or the type is unknown
     */
    Cluster cluster() {
      return new Cluster(
          gpu(),
          (int) positive("--gpus", gpus),
          (int) positive("--gpus-per-host", gpusPerHost),
          network() * GIGA / BITS,
          positive("--storage", storage) * GIGA,
          positive("--mtbf-hours", mtbfHours) * SECONDS_OF_HOUR,
          positive("--restart-seconds", restart));
    }

    /** The assumptions of the cost model. */
    Assumptions assumptions() {
      if (productShare == null) {
        return Assumptions.DEFAULT;
      }
      if (positive("--product-share", productShare) > 1) {
        throw wrong("--product-share is " + productShare + ": give a fraction, at most 1");
      }
      return Assumptions.DEFAULT.withProductShare(productShare);
    }

    private double network() {
      if (network == null && gpus > gpusPerHost) {
        throw wrong(
            "--network is missing: %s do not fit into one host (--gpus-per-host %d): give the Gbit/s between hosts"
                .formatted(Count.of(gpus, "GPU"), gpusPerHost));
      }
      // One host does not use it.
      return network == null ? 1 : positive("--network", network);
    }

    private GpuType gpu() {
      GpuType gpu = GpuType.named(type).orElseThrow(this::unknown);
      if (tflops != null) {
        gpu = gpu.withFlops(positive("--gpu-tflops", tflops) * 1e12);
      }
      return memory == null ? gpu : gpu.withMemory(positive("--gpu-memory", memory) * GIGA);
    }

    private ParameterException unknown() {
      String nearest =
          NearestWord.of(type, GpuType.names()).map("; did you mean %s?"::formatted).orElse(".");
      return wrong(
          "--gpu-type %s is unknown%s Known types are %s; for another, give the most similar one"
                  .formatted(type, nearest, String.join(", ", GpuType.names()))
              + " with --gpu-tflops and --gpu-memory");
    }

    private double positive(String option, double value) {
      if (!(value > 0) || Double.isInfinite(value)) {
        throw wrong("%s is %s: give a number above 0".formatted(option, value));
      }
      return value;
    }

    private ParameterException wrong(String message) {
      return new ParameterException(spec.commandLine(), message);
    }
  }
}
