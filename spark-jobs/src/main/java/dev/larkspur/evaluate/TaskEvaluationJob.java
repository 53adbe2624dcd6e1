package dev.larkspur.evaluate;

import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.evaluate.task.EncodedQuestion;
import dev.larkspur.evaluate.task.Likelihood;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.Slots;
import dev.larkspur.train.driver.TrainedWith;
import dev.larkspur.train.worker.PhaseSchedule;
import dev.larkspur.train.worker.TrainingSpec.Compute;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Measures how likely a checkpoint finds the choices of questions, on Spark's executors. */
public final class TaskEvaluationJob {
  /** Fewer are not worth another copy of the model. */
  private static final int QUESTIONS_OF_A_TASK = 16;

  private TaskEvaluationJob() {}

  /**
   * Measures all choices.
   *
   * @param runDir the run's directory
   * @param checkpoint one of the run's
   * @param settings settings of the run
   * @param questions in tokens
   * @param rows most continuations that a task measures at the same time
   * @return likelihoods of the choices of each question, in the order of the questions
   */
  public static List<List<Likelihood>> run(
      SparkContext context,
      String runDir,
      Checkpoint checkpoint,
      Settings settings,
      List<EncodedQuestion> questions,
      int rows) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(context);
    Configuration hadoop = spark.hadoopConfiguration();
    RunDirectory run = new RunDirectory(runDir, hadoop);
    ModelConfig model = TrainedModel.config(settings);
    new TrainedWith(checkpoint).require(settings, model);
    Path ofCheckpoint = run.path(checkpoint.name().directory() + "/manifest.json");
    RunDirectory.requireSeen(spark, ofCheckpoint);
    List<Share> shares =
        shares(questions, Slots.concurrentTasks(spark, settings.training().compute()));
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(hadoop));
    List<List<List<Likelihood>>> measured;
    try {
      spark.setJobDescription("asking %,d questions".formatted(questions.size()));
      measured =
          spark
              .parallelize(shares, shares.size())
              .map(
                  new Measurement(
                      run.path("").toString(),
                      checkpoint.name(),
                      PhaseSchedule.of(settings, model),
                      new Compute(
                          settings.training().compute().engine(),
                          settings.training().compute().device(),
                          EvaluationJob.threads(spark.getConf(), shares.size()),
                          settings.training().compute().precision(),
                          ActivationCheckpointing.NONE),
                      rows,
                      conf))
              .collect();
    } finally {
      spark.setJobDescription(null);
      conf.destroy();
    }
    return inOrder(shares, measured);
  }

  /** Deals the questions in order of their length, so that all tasks have about as much to do. */
  private static List<Share> shares(List<EncodedQuestion> questions, int slots) {
    int tasks = Math.max(1, Math.min(slots, questions.size() / QUESTIONS_OF_A_TASK));
    List<Integer> byLength = new ArrayList<>(IntStream.range(0, questions.size()).boxed().toList());
    byLength.sort(
        Comparator.comparingInt((Integer number) -> questions.get(number).length()).reversed());
    List<Share> shares = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      List<Integer> numbers = new ArrayList<>();
      for (int i = task; i < byLength.size(); i += tasks) {
        numbers.add(byLength.get(i));
      }
      shares.add(new Share(numbers, numbers.stream().map(questions::get).toList()));
    }
    return shares;
  }

  private static List<List<Likelihood>> inOrder(
      List<Share> shares, List<List<List<Likelihood>>> measured) {
    int questions = shares.stream().mapToInt(share -> share.numbers().size()).sum();
    List<List<Likelihood>> likelihoods = new ArrayList<>(Collections.nCopies(questions, List.of()));
    for (int task = 0; task < shares.size(); task++) {
      List<Integer> numbers = shares.get(task).numbers();
      for (int i = 0; i < numbers.size(); i++) {
        likelihoods.set(numbers.get(i), measured.get(task).get(i));
      }
    }
    return likelihoods;
  }

  /**
   * The questions of one Spark task.
   *
   * @param numbers of the questions among all
   */
  private record Share(List<Integer> numbers, List<EncodedQuestion> questions)
      implements Serializable {
    Share {
      numbers = List.copyOf(numbers);
      questions = List.copyOf(questions);
    }
  }

  private record Measurement(
      String run,
      CheckpointName checkpoint,
      PhaseSchedule phases,
      Compute compute,
      int rows,
      Broadcast<SerializableConfiguration> hadoop)
      implements Function<Share, List<List<Likelihood>>> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<List<Likelihood>> call(Share share) {
      Engine engine = Engines.named(compute.engine());
      Device device =
          Devices.ofTask(TaskContext.get(), compute.device(), engine, compute.threads());
      try (Replica replica =
          engine.replica(phases.used(checkpoint.step()), device, compute.precision())) {
        RunDirectory directory = new RunDirectory(run, hadoop.value().value());
        phases.loadParameters(new CheckpointStore(directory), checkpoint, replica);
        return new ContinuationScorer(replica, rows).score(share.questions());
      }
    }
  }
}
