package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.train.driver.TrainingJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run while its corpus grows: it keeps the corpus that it began with. */
class GrownCorpusIT {
  @TempDir private Path directory;

  @Test
  void aRunHoldsToTheManifestItBeganWith() throws Exception {
    SparkContext spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(directory);
      train(spark, "uncut");
      train(spark, "cut", "checkpoint.keep=10");
      for (int step : new int[] {15, 20}) {
        Files.delete(RunFiles.checkpoint(directory.resolve("cut"), step).resolve("manifest.json"));
      }
      CorpusManifest before = manifest();
      long blocksBefore = evaluatedBlocks(spark, "cut");
      grow(spark);
      assertThat(manifest().number()).isEqualTo(2);

      train(spark, "cut");
      assertThat(RunFiles.tensors(directory.resolve("cut"), 20))
          .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("uncut"), 20));
      assertThat(evaluatedBlocks(spark, "cut"))
          .isEqualTo(blocksBefore)
          .isEqualTo(before.validation().blocks());

      // A new run takes all that is there.
      train(spark, "new");
      assertThat(evaluatedBlocks(spark, "new"))
          .isEqualTo(manifest().validation().blocks())
          .isGreaterThan(blocksBefore);
    } finally {
      spark.stop();
    }
  }

  private CorpusManifest manifest() {
    return Corpus.open(directory.resolve("corpus").toString(), new Configuration()).manifest();
  }

  private void train(SparkContext spark, String run, String... more) {
    TrainingJob.run(spark, SmallCorpus.settings(directory, run, more), progress -> {});
  }

  private long evaluatedBlocks(SparkContext spark, String run) {
    String dir = directory.resolve(run).toString();
    return EvaluationJob.run(
            spark,
            dir,
            EvaluationJob.newestCheckpoint(dir, spark.hadoopConfiguration(), warning -> {}),
            SmallCorpus.settings(directory, run),
            Long.MAX_VALUE)
        .sequences();
  }

  private void grow(SparkContext spark) throws Exception {
    Path more = directory.resolve("more.jsonl");
    Files.write(more, Files.readAllLines(directory.resolve("documents.jsonl")).subList(0, 1500));
    PrepareJob.run(
        spark,
        new PrepareSettings(
            Input.of(List.of(more.toString()), DocumentFormat.JSONL),
            directory.resolve("tokenizer.json").toString(),
            new Blocks(32, 0.05, 2, 1),
            directory.resolve("corpus").toString()));
  }
}
