package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sample projects to, beside what the job then gives. */
class EstimateIT {
  private static final int ALL = 24_000;
  private static final long SAMPLE = 1 << 20;

  @TempDir private Path folder;
  private SparkContext spark;
  private Path documents;

  @BeforeEach
  void writeDocuments() throws IOException {
    spark = LocalSpark.context();
    documents = Files.createDirectories(folder.resolve("documents"));
    List<String> texts = SampleDocuments.texts(ALL);
    SampleDocuments.jsonLines(documents.resolve("plain.jsonl"), texts.subList(0, ALL / 2));
    SampleDocuments.jsonLines(
        documents.resolve("packed.jsonl.gz"), texts.subList(ALL / 2, 3 * ALL / 4));
    SampleDocuments.parquet(documents.resolve("columns.parquet"), ALL / 4);
  }

  private PrepareSettings settings(Path input) {
    return new PrepareSettings(
        Input.of(List.of(input.toString()), DocumentFormat.AUTO),
        "gpt2",
        new Blocks(127, 0.1, 2, 17),
        folder.resolve("corpus").toString());
  }

  @Test
  void aSampleOfEverythingIsWhatTheJobGives() {
    PrepareEstimate estimate =
        PrepareJob.estimate(spark, settings(documents), Long.MAX_VALUE).orElseThrow();
    assertThat(folder.resolve("corpus")).doesNotExist();
    CorpusManifest manifest = PrepareJob.run(spark, settings(documents)).manifest();
    assertThat(estimate.input().sampledBytes()).isEqualTo(estimate.input().inputBytes());
    assertThat(estimate.input().files()).isEqualTo(3);
    assertThat(estimate.documents()).isEqualTo(manifest.documents());
    assertThat(estimate.output().textBytes()).isEqualTo(manifest.texts().bytes());
    assertThat(estimate.output().tokens())
        .isEqualTo(manifest.train().tokens() + manifest.validation().tokens());
    long bytes =
        manifest.parts().get(0).train().shards().stream().mapToLong(Shard::bytes).sum()
            + manifest.validation().shards().stream().mapToLong(Shard::bytes).sum();
    assertThat((double) estimate.output().outputBytes())
        .isCloseTo((double) bytes, within(0.05 * bytes));
    assertThat(PrepareJob.estimate(spark, settings(documents), 1)).isEmpty();
  }

  @Test
  void aPieceProjectsToTheWhole() {
    Path plain = documents.resolve("plain.jsonl");
    PrepareEstimate piece = PrepareJob.estimate(spark, settings(plain), SAMPLE).orElseThrow();
    assertThat(piece.input().sampledBytes())
        .isGreaterThanOrEqualTo(SAMPLE)
        .isLessThan(piece.input().inputBytes());
    assertThat((double) piece.documents().read()).isCloseTo(ALL / 2.0, within(0.25 * ALL / 2));
    PrepareEstimate whole =
        PrepareJob.estimate(spark, settings(plain), Long.MAX_VALUE).orElseThrow();
    assertThat((double) piece.output().tokens())
        .isCloseTo((double) whole.output().tokens(), within(0.15 * whole.output().tokens()));
    assertThat(piece.cost().cpuSeconds()).isPositive();
  }

  @Test
  void oneRowGroupOfParquetIsAPiece() {
    Path columns = documents.resolve("columns.parquet");
    PrepareEstimate estimate = PrepareJob.estimate(spark, settings(columns), 1).orElseThrow();
    assertThat(estimate.input().sampledBytes())
        .isPositive()
        .isLessThan(estimate.input().inputBytes());
    assertThat((double) estimate.documents().read()).isCloseTo(ALL / 4.0, within(0.1 * ALL / 4));
  }
}
