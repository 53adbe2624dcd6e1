package dev.larkspur.evaluate;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.driver.CorpusUse;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import dev.larkspur.train.driver.TrainedWith;
import dev.larkspur.train.worker.PhaseSchedule;
import dev.larkspur.train.worker.TokenStream;
import dev.larkspur.train.worker.TrainingSpec.Compute;
import dev.larkspur.train.worker.TrainingSpec.Source;
import dev.larkspur.train.worker.Validation.ValidationLoss;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Evaluates a checkpoint of a run. */
public final class EvaluationJob {
  private EvaluationJob() {}

  /**
   * Measures the loss on the validation split of the corpus, as it was when the run began.
   *
   * @param runDir the run's directory
   * @param checkpoint one of the run's
   * @param settings settings of the run
   * @param mostSequences most blocks to measure
   * @throws SettingsException if the corpus or the settings do not fit the checkpoint
   * @throws SafetensorsException if a file of the checkpoint is damaged, or the loss is not finite
   */
  public static Evaluation run(
      SparkContext context,
      String runDir,
      Checkpoint checkpoint,
      Settings settings,
      long mostSequences) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(context);
    Configuration hadoop = spark.hadoopConfiguration();
    RunDirectory run = new RunDirectory(runDir, hadoop);
    Corpus corpus = CorpusUse.open(settings.data().corpus(), Optional.of(checkpoint), hadoop);
    requireFit(corpus.manifest(), runDir, settings, hadoop);
    ModelConfig model = CorpusUse.modelFor(corpus, settings);
    new TrainedWith(checkpoint).require(settings, model);
    long blocks =
        Math.min(
            mostSequences, TokenOrder.sequential(corpus.manifest(), Split.VALIDATION).blocks());
    int tasks = (int) Math.min(blocks, Slots.concurrentTasks(spark, settings.training().compute()));
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(hadoop));
    double sum;
    try {
      Path ofCheckpoint = run.path(checkpoint.name().directory() + "/manifest.json");
      RunDirectory.requireSeen(spark, ofCheckpoint, corpus.manifestFile());
      spark.setJobDescription("evaluating " + runDir);
      sum =
          sum(
              spark,
              new EvaluationTask(
                  new Source(
                      run.path("").getName(),
                      run.path("").toString(),
                      corpus.path(),
                      corpus.manifest().number()),
                  checkpoint.name(),
                  PhaseSchedule.of(settings, model),
                  new Compute(
                      settings.training().compute().engine(),
                      settings.training().compute().device(),
                      threads(spark.getConf(), tasks),
                      settings.training().compute().precision(),
                      ActivationCheckpointing.NONE),
                  settings.training().microBatch(),
                  new Division(blocks, tasks),
                  conf));
    } finally {
      spark.setJobDescription(null);
      conf.destroy();
    }
    if (!Double.isFinite(sum)) {
      throw new SafetensorsException(
          "the validation loss of %s is %s at step %d: the training has diverged. Train again in another run.dir with a lower training.learning-rate"
              .formatted(runDir, sum, checkpoint.step()));
    }
    long tokens = blocks * model.context();
    return new Evaluation(
        checkpoint.step(),
        blocks,
        tokens,
        sum / tokens,
        Math.exp(sum / tokens),
        corpus.manifest().unigramPerplexity());
  }

  private static void requireFit(
      CorpusManifest corpus, String runDir, Settings settings, Configuration hadoop) {
    List<SettingsProblem> problems =
        new ArrayList<>(settings.misfits(corpus.context(), corpus.tokenizer().vocabulary()));
    TokenizerIdentity own =
        RunTokenizer.of(new RunDirectory(runDir, hadoop), settings, hadoop).tokenizer().identity();
    if (!own.sameIds(corpus.tokenizer())) {
      problems.add(
          settings.problem(
              "data.corpus",
              "its tokenizer (%s, %,d entries) is not that of the run (%s, %,d entries)"
                  .formatted(
                      corpus.tokenizer().name(),
                      corpus.tokenizer().vocabulary(),
                      own.name(),
                      own.vocabulary()),
              "name a corpus that was prepared with the run's tokenizer"));
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  /** Sums in the order of the tasks, so that every evaluation gives the same bits. */
  private static double sum(JavaSparkContext spark, EvaluationTask task) {
    int tasks = task.division().tasks();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    return spark.parallelize(numbers, tasks).map(task).collect().stream()
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  /**
   * The checkpoint of a run to use: the newest complete one that is not damaged.
   *
   * @param warnings receives newer ones that are damaged
   * @throws SafetensorsException if there is none, or all are damaged
   */
  public static Checkpoint newestCheckpoint(
      String runDir, Configuration hadoop, Consumer<String> warnings) {
    return new CheckpointStore(new RunDirectory(runDir, hadoop))
        .newest(Set.of(), warnings)
        .orElseThrow(
            () ->
                new SafetensorsException(
                    runDir
                        + " holds no complete checkpoint: train first, or name another run"
                        + " directory"));
  }

  /** Threads that a task may use on a CPU. */
  static int threads(SparkConf conf, int tasks) {
    return Slots.areEmbedded(conf)
        ? Math.max(1, Runtime.getRuntime().availableProcessors() / tasks)
        : conf.getInt("spark.task.cpus", 1);
  }

  /**
   * A model's loss on the validation split.
   *
   * @param step step of the checkpoint
   * @param sequences blocks measured
   * @param tokens predicted
   * @param validationLoss loss in nats per token
   * @param validationPerplexity its exponential
   * @param unigramPerplexity perplexity of a model without context on the same corpus
   */
  public record Evaluation(
      long step,
      long sequences,
      long tokens,
      double validationLoss,
      double validationPerplexity,
      double unigramPerplexity) {}

  /** Sums the loss over one task's share of the validation blocks. */
  private record EvaluationTask(
      Source source,
      CheckpointName checkpoint,
      PhaseSchedule phases,
      Compute compute,
      int microBatch,
      Division division,
      Broadcast<SerializableConfiguration> hadoop)
      implements Function<Integer, Double> {
    private static final long serialVersionUID = 1L;

    @Override
    public Double call(Integer number) throws Exception {
      Configuration conf = hadoop.value().value();
      Device device =
          Devices.ofTask(
              TaskContext.get(),
              compute.device(),
              Engines.named(compute.engine()),
              compute.threads());
      Corpus corpus = Corpus.open(source.corpus(), source.manifest(), conf);
      try (Replica replica =
              Engines.named(compute.engine())
                  .replica(phases.used(checkpoint.step()), device, compute.precision());
          TokenStream tokens = new TokenStream(corpus, 0, phases.model().context())) {
        CheckpointStore checkpoints = new CheckpointStore(new RunDirectory(source.run(), conf));
        phases.loadParameters(checkpoints, checkpoint, replica);
        return ValidationLoss.sum(
            replica, tokens, division.begin(number), division.begin(number + 1), microBatch);
      }
    }
  }

  /**
   * How validation blocks are divided among tasks.
   *
   * @param blocks number of blocks of all tasks
   */
  private record Division(long blocks, int tasks) implements Serializable {
    /** First block of a task. */
    long begin(int task) {
      return blocks * task / tasks;
    }
  }
}
