package dev.larkspur.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Engine;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.ProgressAccumulator;
import dev.larkspur.metrics.ProgressListener;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.Provenance;
import dev.larkspur.store.RunDirectory;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.train.TrainingResult.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** The driver's side of training: plan, find the newest checkpoint, start the workers, sum up. */
public final class TrainingJob {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaSparkContext spark;
  private final Configuration hadoop;
  private final Settings settings;
  private final RunDirectory run;
  private final Optional<Checkpoint> checkpoint;
  private final Corpus corpus;
  private final ModelConfig model;
  private final long steps;

  private TrainingJob(SparkSession session, Settings settings) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.hadoop = spark.hadoopConfiguration();
    this.settings = settings;
    this.run = new RunDirectory(settings.run().dir(), hadoop);
    this.checkpoint = new CheckpointStore(run).newest();
    this.corpus = open(settings.data().corpus(), checkpoint, hadoop);
    this.model = modelFor(corpus, settings);
    this.steps = settings.training().steps(model.context());
  }

  /**
   * The corpus that a run trains on: as it was when the run began, whatever has been added since.
   *
   * @param checkpoint of the run; without one, the run begins with the corpus as it is now
   * @throws dev.larkspur.corpus.CorpusException if it cannot be opened
   */
  public static Corpus open(String dir, Optional<Checkpoint> checkpoint, Configuration hadoop) {
    return checkpoint
        .map(found -> found.state().provenance().corpusFingerprint())
        .map(fingerprint -> Corpus.openAsOf(dir, fingerprint, hadoop))
        .orElseGet(() -> Corpus.open(dir, hadoop));
  }

  /** The model that the settings describe, for a corpus. */
  public static ModelConfig modelFor(Corpus corpus, Settings settings) {
    return settings
        .model()
        .toConfig(corpus.manifest().context(), corpus.manifest().tokenizer().vocabulary());
  }

  /**
   * Trains to the last step, from the newest checkpoint in the run directory if it holds one.
   *
   * @param progress told where the training is, once in each of Spark's heartbeats
   * @throws RuntimeException of this project, with a message for the user, if it cannot
   */
  public static TrainingResult run(
      SparkSession session, Settings settings, Consumer<Progress> progress) {
    return new TrainingJob(session, settings).run(progress);
  }

  private TrainingResult run(Consumer<Progress> progress) {
    long began = System.nanoTime();
    checkpoint.ifPresent(found -> Resumption.check(found, settings, model, corpus.manifest()));
    long done = checkpoint.map(Checkpoint::step).orElse(0L);
    if (done > steps) {
      throw new TrainingException(
          "%s is at step %d already, beyond the %d that these settings ask for: raise training.steps or training.tokens, or use another run.dir"
              .formatted(settings.run().dir(), done, steps));
    }
    Optional<TrainingSummary> finished = finishedSummary();
    if (finished.isPresent()) {
      return new TrainingResult(finished.get(), Outcome.ALREADY_DONE);
    }
    Slots slots = Slots.of(spark, settings.training());
    Settings complete = withModelOfCorpus();
    run.write(RunDirectory.CONFIG, complete.toHocon());
    copyTokenizer();
    List<WorkerResult> results = train(spec(slots, complete), slots, progress);
    TrainingSummary summary = summary(results.get(0), slots, began);
    run.write(RunDirectory.SUMMARY, json(summary));
    return new TrainingResult(summary, Outcome.TRAINED);
  }

  private List<WorkerResult> train(TrainingSpec spec, Slots slots, Consumer<Progress> progress) {
    ProgressAccumulator accumulator = new ProgressAccumulator();
    spark.sc().register(accumulator, "larkspur progress");
    ProgressListener listener = new ProgressListener(accumulator.id(), progress);
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(hadoop));
    spark.sc().addSparkListener(listener);
    try {
      spark.setJobDescription("training " + settings.run().name());
      return BarrierStage.run(
          spark, slots.workers(), new WorkerTask(spec, conf, accumulator), WorkerResult.class);
    } finally {
      spark.setJobDescription(null);
      spark.sc().removeSparkListener(listener);
      conf.destroy();
    }
  }

  private TrainingSpec spec(Slots slots, Settings complete) {
    TrainingSettings training = settings.training();
    Engine engine = Engines.named(training.engine());
    Provenance provenance =
        new Provenance(
            complete.toHocon(),
            corpus.manifest().fingerprint(),
            slots.workers(),
            Optional.ofNullable(TrainingJob.class.getPackage().getImplementationVersion())
                .orElse("development"),
            engine.name() + " " + engine.version(),
            spark.version(),
            Runtime.version().toString());
    return new TrainingSpec(
        settings.run().dir(),
        settings.data().corpus(),
        corpus.manifest().number(),
        model,
        settings.run().seed(),
        steps,
        checkpoint.map(Checkpoint::step).orElse(0L),
        training.globalBatch(),
        training.microBatch(),
        training.schedule(steps),
        training.adamW(),
        training.gradientClip(),
        training.engine(),
        training.device(),
        slots.threads(),
        training.precision(),
        training.validationEvery(),
        training.validationSequences(),
        training.logEvery(),
        settings.checkpoint().every(),
        settings.checkpoint().keep(),
        training.exchange(),
        provenance);
  }

  /** With what came from the corpus written down, the run can be used without it. */
  private Settings withModelOfCorpus() {
    Config resolved =
        settings
            .resolved()
            .withValue("model.context", ConfigValueFactory.fromAnyRef(model.context()))
            .withValue("model.vocabulary", ConfigValueFactory.fromAnyRef(model.vocabulary()));
    TokenizerIdentity tokenizer = corpus.manifest().tokenizer();
    if (tokenizer.sha256().isEmpty()) {
      resolved =
          resolved.withValue("data.tokenizer", ConfigValueFactory.fromAnyRef(tokenizer.name()));
    }
    return settings.withResolved(resolved);
  }

  private void copyTokenizer() {
    RunDirectory source = new RunDirectory(settings.data().corpus(), hadoop);
    if (source.has(RunDirectory.TOKENIZER)) {
      run.write(RunDirectory.TOKENIZER, source.read(RunDirectory.TOKENIZER));
    }
  }

  private Optional<TrainingSummary> finishedSummary() {
    if (checkpoint.map(Checkpoint::step).orElse(0L) < steps || !run.has(RunDirectory.SUMMARY)) {
      return Optional.empty();
    }
    try {
      TrainingSummary summary =
          JSON.readValue(run.readText(RunDirectory.SUMMARY), TrainingSummary.class);
      return summary.step() >= steps ? Optional.of(summary) : Optional.empty();
    } catch (JsonProcessingException e) {
      // Cut short: the workers find nothing to do, and it is written again.
      return Optional.empty();
    }
  }

  private TrainingSummary summary(WorkerResult result, Slots slots, long began) {
    TrainingSettings training = settings.training();
    ModelSize size = ModelSize.of(model);
    long tokens = steps * training.globalBatch() * model.context();
    double trainingLoss =
        result.training() != null
            ? result.training().loss()
            : checkpoint.orElseThrow().state().trainingLoss();
    double seconds = result.seconds().total();
    return new TrainingSummary(
        TrainingSummary.COMPLETED,
        steps,
        tokens,
        trainingLoss,
        result.validation().validationLoss(),
        result.validation().validationPerplexity(),
        corpus.manifest().unigramPerplexity(),
        seconds > 0 ? result.trainedTokens() / seconds : 0,
        size.parameters(),
        size.ffnParameters(),
        size.trainingFlops(tokens),
        (System.nanoTime() - began) / 1e9,
        slots.workers(),
        training.engine(),
        result.device(),
        training.precision().name().toLowerCase(Locale.ROOT));
  }

  private static String json(Object value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }
}
