package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.CorpusUse;
import dev.larkspur.train.driver.TrainingJob;
import dev.larkspur.train.driver.TrainingSummary;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;

/** Trainings on the small corpus of a directory, and what they leave there. */
public record EmbeddedTrainings(SparkContext spark, Path directory) implements AutoCloseable {

  /** Starts Spark and prepares the corpus. */
  public static EmbeddedTrainings prepare(Path directory) throws IOException {
    SparkContext spark = SmallCorpus.spark();
    SmallCorpus.prepare(directory);
    return new EmbeddedTrainings(spark, directory);
  }

  @Override
  public void close() {
    spark.stop();
  }

  public Settings settings(String run, String... more) {
    return SmallCorpus.settings(directory, run, more);
  }

  public TrainingSummary train(String run, String... more) {
    return TrainingJob.run(spark, settings(run, more), progress -> {}).summary();
  }

  /** Deletes what came after a step, as if the training had died after it, and resumes. */
  public void trainCutAndResume(String run, long cut, String... more) throws IOException {
    String[] keepingAll = Arrays.copyOf(more, more.length + 1);
    keepingAll[more.length] = "checkpoint.keep=10";
    long last = train(run, keepingAll).step();
    for (long step = cut + 5; step <= last; step += 5) {
      Files.delete(RunFiles.checkpoint(path(run), step).resolve("manifest.json"));
    }
    assertThat(train(run, more).step()).isEqualTo(last);
  }

  /** Both runs' last checkpoints hold the same bytes. */
  public void assertSameTensors(String run, String other) throws IOException {
    List<Integer> steps = steps(other);
    int last = steps.get(steps.size() - 1);
    assertThat(RunFiles.tensors(path(run), last))
        .containsExactlyEntriesOf(RunFiles.tensors(path(other), last));
  }

  public List<Integer> steps(String run) throws IOException {
    return training(run).stream().map(line -> line.get("step").asInt()).toList();
  }

  /** Steps that a run has lines of validations of. */
  public List<Integer> validations(String run) throws IOException {
    return RunFiles.metrics(path(run)).stream()
        .filter(line -> line.has("validationLoss"))
        .map(line -> line.get("step").asInt())
        .toList();
  }

  public List<Double> losses(String run) throws IOException {
    return training(run).stream().map(line -> line.get("loss").asDouble()).toList();
  }

  /** Parameters that a training begins with. */
  float[] initialParameters(String... more) {
    Settings settings = settings("initial", more);
    try (Replica replica = replica(settings)) {
      replica.initialize(settings.run().seed());
      return values(replica);
    }
  }

  /** Lends a replica of the model that settings describe. */
  void withReplica(Settings settings, Consumer<Replica> use) {
    try (Replica replica = replica(settings)) {
      use.accept(replica);
    }
  }

  /** Parameters of a run's newest checkpoint. */
  float[] parameters(String run, String... more) {
    CheckpointStore store =
        new CheckpointStore(new RunDirectory(path(run).toString(), new Configuration()));
    try (Replica replica = replica(settings(run, more))) {
      store.loadParameters(store.newest().orElseThrow().name(), replica);
      return values(replica);
    }
  }

  Path path(String run) {
    return directory.resolve(run);
  }

  private Replica replica(Settings settings) {
    Corpus corpus = Corpus.open(directory.resolve("corpus").toString(), new Configuration());
    return Engines.named("torch")
        .replica(CorpusUse.modelFor(corpus, settings), Device.cpu(1), Precision.FP32, AdamW.PAPER);
  }

  private List<JsonNode> training(String run) throws IOException {
    return RunFiles.metrics(path(run)).stream().filter(line -> line.has("loss")).toList();
  }

  private static float[] values(Replica replica) {
    float[] values = new float[(int) replica.parameters().length()];
    replica.parameters().read(0, FloatBuffer.wrap(values));
    return values;
  }

  /** The loss of the newest checkpoint, by the job that evaluates. */
  public double evaluated(String run, String... more) {
    String dir = directory.resolve(run).toString();
    return EvaluationJob.run(
            spark,
            dir,
            EvaluationJob.newestCheckpoint(dir, new Configuration(), warning -> {}),
            SmallCorpus.settings(directory, run, more),
            Long.MAX_VALUE)
        .validationLoss();
  }

  /** The loss that training itself has measured after a step. */
  public double validationLoss(String run, long step) throws IOException {
    return RunFiles.metrics(directory.resolve(run)).stream()
        .filter(line -> line.has("validationLoss") && line.get("step").asLong() == step)
        .findFirst()
        .orElseThrow()
        .get("validationLoss")
        .asDouble();
  }
}
