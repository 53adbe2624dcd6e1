package dev.larkspur.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.settings.Settings;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import dev.larkspur.train.TrainingJob;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The evaluation job on embedded Spark: what it measures, and what it leaves when it fails. */
class EvaluationJobIT {
  private static final int CONTEXT = 32;

  @TempDir private static Path directory;
  private static SparkSession spark;
  private static Settings settings;

  @BeforeAll
  static void train() throws Exception {
    spark = SmallCorpus.spark();
    SmallCorpus.prepare(spark, directory);
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
      assertThat(spark.sparkContext().getLocalProperty("spark.job.description")).isNull();
    } finally {
      Files.write(model, whole);
    }
    assertThat(evaluate(1).sequences()).isEqualTo(1);
    assertThat(spark.sparkContext().getLocalProperty("spark.job.description")).isNull();
  }

  private static Evaluation evaluate(long sequences) {
    String run = settings.run().dir();
    Checkpoint checkpoint =
        EvaluationJob.newestCheckpoint(
            run, spark.sparkContext().hadoopConfiguration(), warning -> {});
    return EvaluationJob.run(spark, run, checkpoint, settings, sequences);
  }
}
