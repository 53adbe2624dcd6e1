package dev.larkspur.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.evaluate.EvaluationJob.Evaluation;
import dev.larkspur.evaluate.task.EncodedQuestion;
import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Likelihood;
import dev.larkspur.evaluate.task.Question;
import dev.larkspur.evaluate.task.Question.Choice;
import dev.larkspur.evaluate.task.TaskFile;
import dev.larkspur.evaluate.task.TaskFormat;
import dev.larkspur.evaluate.task.WordNetTask;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import dev.larkspur.train.driver.TrainingJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The evaluation job on embedded Spark: what it measures, and what it leaves when it fails. */
class EvaluationJobIT {
  private static final int CONTEXT = 32;

  @TempDir private static Path directory;
  private static SparkContext spark;
  private static Settings settings;

  @BeforeAll
  static void train() throws Exception {
    spark = SmallCorpus.spark();
    SmallCorpus.prepare(directory);
    settings = SmallCorpus.settings(directory, "run");
    TrainingJob.run(spark, settings, progress -> {});
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void measuresTheWholeSplitOrItsBeginning() {
    long blocks =
        TokenOrder.sequential(
                Corpus.open(settings.data().corpus(), new Configuration()).manifest(),
                Split.VALIDATION)
            .blocks();
    Evaluation whole = evaluate(Long.MAX_VALUE);
    Evaluation one = evaluate(1);
    Evaluation three = evaluate(3);
    Evaluation allButOne = evaluate(blocks - 1);

    assertThat(whole.sequences()).isEqualTo(blocks).isGreaterThan(3);
    assertThat(whole.tokens()).isEqualTo(blocks * CONTEXT);
    assertThat(whole).isEqualTo(evaluate(blocks)).isEqualTo(evaluate(blocks + 1));
    assertThat(one.sequences()).isEqualTo(1);
    assertThat(one.tokens()).isEqualTo(CONTEXT);
    assertThat(three.sequences()).isEqualTo(3);
    assertThat(allButOne.sequences()).isEqualTo(blocks - 1);
    assertThat(three.validationLoss()).isNotEqualTo(one.validationLoss());
    // One block more or less moves the sum by its own loss, which no block has ten times over.
    assertThat(whole.validationLoss() * blocks - allButOne.validationLoss() * (blocks - 1))
        .isBetween(0.1 * whole.validationLoss(), 10 * whole.validationLoss());
    assertThat(one.validationPerplexity()).isCloseTo(Math.exp(one.validationLoss()), within(1e-9));
  }

  @Test
  void leavesNothingBehindWhenItFails() throws Exception {
    Path model =
        RunFiles.checkpoint(directory.resolve("run"), 20)
            .resolve("model.safetensors.00002-of-00002");
    byte[] whole = Files.readAllBytes(model);
    byte[] flipped = whole.clone();
    flipped[whole.length - 1] ^= 1;
    Files.write(model, flipped);
    try {
      assertThatThrownBy(() -> evaluate(1))
          .hasStackTraceContaining("model.safetensors.00002-of-00002 is damaged");
      assertThat(spark.getLocalProperty("spark.job.description")).isNull();
    } finally {
      Files.write(model, whole);
    }
    assertThat(evaluate(1).sequences()).isEqualTo(1);
    assertThat(spark.getLocalProperty("spark.job.description")).isNull();
  }

  @Test
  void anotherTokenizersCorpusIsRefused() {
    prepare("gpt2", 32, "other");
    assertThatThrownBy(() -> evaluate(1, "data.corpus=" + directory.resolve("other")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("data.corpus = ")
        .hasMessageContaining("its tokenizer (gpt2, 50,257 entries) is not that of the run")
        .hasMessageContaining("512 entries");
  }

  @Test
  void blocksOfAnotherLengthAreMeasuredWhereTheModelIsToReadThem() {
    prepare(directory.resolve("tokenizer.json").toString(), 16, "short");
    String corpus = "data.corpus=" + directory.resolve("short");
    assertThat(evaluate(2, corpus).tokens()).isEqualTo(2 * 16);
    assertThatThrownBy(() -> evaluate(2, corpus, "model.context=32"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("leave model.context out (null)");
  }

  @Test
  void anotherModelIsRefused() {
    assertThatThrownBy(() -> evaluate(1, "model.layers=9"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("model.layers = 9")
        .hasMessageContaining("the checkpoint was trained with 2");
  }

  @Test
  void questionsAreDividedAmongTasksAndComeBackInOrder() {
    Random random = new Random(1);
    List<EncodedQuestion> questions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      List<Integer> prompt = random.ints(1 + i % 7, 0, 512).boxed().toList();
      List<EncodedChoice> choices = new ArrayList<>();
      for (int choice = 0; choice < 2 + i % 3; choice++) {
        choices.add(new EncodedChoice(prompt, random.ints(1 + choice, 0, 512).boxed().toList()));
      }
      questions.add(new EncodedQuestion(choices, false));
    }
    String run = settings.run().dir();
    Checkpoint checkpoint =
        EvaluationJob.newestCheckpoint(run, spark.hadoopConfiguration(), warning -> {});
    Settings trained =
        SmallCorpus.settings(directory, "run", "model.context=32", "model.vocabulary=512");
    List<List<Likelihood>> divided =
        TaskEvaluationJob.run(spark, run, checkpoint, trained, questions, 5);

    assertThat(spark.getLocalProperty("spark.job.description")).isNull();
    RunDirectory files = new RunDirectory(run, spark.hadoopConfiguration());
    try (TrainedModel model =
        TrainedModel.load(files, checkpoint, trained, spark.hadoopConfiguration())) {
      List<List<Likelihood>> here = new ContinuationScorer(model.replica(), 32).score(questions);
      assertThat(divided).hasSameSizeAs(here);
      for (int i = 0; i < here.size(); i++) {
        assertThat(divided.get(i)).hasSameSizeAs(here.get(i));
        for (int choice = 0; choice < here.get(i).size(); choice++) {
          assertThat(divided.get(i).get(choice).logarithm())
              .isCloseTo(here.get(i).get(choice).logarithm(), within(1e-4));
        }
      }
    }
  }

  @Test
  void theSampleTaskHasDefinitionsThatNoModelWasTrainedOn() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      String kind = i % 2 == 0 ? "noun, plant" : "verb";
      lines.append(
          "{\"content\": \"w%d (%s): number %d of them. Kind of: w%d.\"}%n"
              .formatted(i, kind, i, i / 7));
    }
    Files.writeString(directory.resolve("entries.jsonl"), lines);
    String tokenizer = directory.resolve("tokenizer.json").toString();
    prepare("entries.jsonl", tokenizer, new Blocks(64, 0.2, 2, 1), "entries");
    Corpus corpus = Corpus.open(directory.resolve("entries").toString(), new Configuration());
    String json = WordNetTask.of(corpus);
    assertThat(WordNetTask.of(corpus)).isEqualTo(json);

    Path file = Files.writeString(directory.resolve("task.jsonl"), json);
    TaskFile task = TaskFile.read(file.toString(), Optional.empty(), new Configuration());
    assertThat(task.format()).isEqualTo(TaskFormat.CONTEXTS);
    assertThat(task.questions()).hasSizeBetween(20, 80);
    String trained = text(corpus, Split.TRAIN);
    String heldOut = text(corpus, Split.VALIDATION);
    for (Question question : task.questions()) {
      Choice answer = question.choices().get(question.answer());
      assertThat(answer.continuation()).matches(" number \\d+ of them\\.");
      assertThat(heldOut).contains(answer.context() + answer.continuation());
      assertThat(trained).doesNotContain(answer.continuation());
      assertThat(question.choices()).extracting(Choice::context).hasSize(4).doesNotHaveDuplicates();
      assertThat(question.choices())
          .extracting(choice -> choice.context().contains("noun"))
          .containsOnly(answer.context().contains("noun"));
    }
    Corpus other = Corpus.open(settings.data().corpus(), new Configuration());
    assertThatThrownBy(() -> WordNetTask.of(other))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("entries of WordNet, too few for a task: name a corpus of the");
  }

  private static String text(Corpus corpus, Split split) throws IOException {
    TokenOrder order = TokenOrder.sequential(corpus.manifest(), split);
    int[] block = new int[corpus.manifest().context() + 1];
    StringBuilder text = new StringBuilder();
    try (BlockReader reader = new BlockReader(corpus, split)) {
      for (long i = 0; i < order.blocks(); i++) {
        reader.read(order.locate(i), block, 0);
        text.append(corpus.tokenizer().decode(block)).append('\n');
      }
    }
    return text.toString();
  }

  private static void prepare(String tokenizer, int context, String corpus) {
    prepare("documents.jsonl", tokenizer, new Blocks(context, 0.05, 2, 1), corpus);
  }

  private static void prepare(String documents, String tokenizer, Blocks blocks, String corpus) {
    PrepareJob.run(
        spark,
        new PrepareSettings(
            Input.of(List.of(directory.resolve(documents).toString()), DocumentFormat.JSONL),
            tokenizer,
            blocks,
            directory.resolve(corpus).toString()));
  }

  private static Evaluation evaluate(long sequences, String... changes) {
    String run = settings.run().dir();
    Checkpoint checkpoint =
        EvaluationJob.newestCheckpoint(run, spark.hadoopConfiguration(), warning -> {});
    Settings changed = SmallCorpus.settings(directory, "run", changes);
    return EvaluationJob.run(spark, run, checkpoint, changed, sequences);
  }
}
