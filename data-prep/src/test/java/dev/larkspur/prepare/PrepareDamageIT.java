package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.FaultyFileSystem;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.tokenizer.TokenizerSource.TokenizerChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input, settings and disks that do not allow a corpus: one error, and no corpus. */
class PrepareDamageIT {
  @TempDir private Path folder;
  private PrepareFixture fixture;

  @BeforeEach
  void writeDocuments() throws IOException {
    fixture = new PrepareFixture(folder);
  }

  @Test
  void aFullDiskIsOneErrorAndARunWithRoomSucceeds() throws IOException {
    fixture.prepare(fixture.input(), "corpus");
    long bytes = fixture.shards("corpus").values().stream().mapToLong(shard -> shard.length).sum();
    fixture.conf().set("fs.faulty.impl", FaultyFileSystem.class.getName());
    PrepareSettings settings =
        fixture.settings(fixture.input(), "faulty://" + folder.resolve("full"));
    for (long room : new long[] {0, bytes / 2, bytes - 1, bytes + 100}) {
      FaultyFileSystem.room(room);
      assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), settings))
          .as("room for %d of %d bytes", room, bytes)
          .isInstanceOf(TryAgainException.class)
          .hasMessageContaining("full/")
          .hasMessageContaining("No space left on device")
          .hasMessageMatching("(?s).*(free space there|have free space).*")
          .hasMessageContaining("prepare again");
      assertThatThrownBy(() -> Corpus.open(settings.corpus(), fixture.conf()))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("manifest.json");
    }
    FaultyFileSystem.room(Long.MAX_VALUE);
    assertThat(PrepareJob.run(fixture.spark(), settings).outcome())
        .isEqualTo(PrepareResult.Outcome.PREPARED);
    fixture.assertSameShards("corpus", "full");
  }

  @Test
  void badInputIsOneErrorAndNoManifest() throws IOException {
    byte[] gzip = Files.readAllBytes(fixture.lines("good.jsonl.gz", fixture.texts()));
    Path cut = Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(gzip, gzip.length / 2));
    Path other = folder.resolve("other.parquet");
    SparkSession.builder().getOrCreate().range(10).write().parquet(other.toString());
    Path noParquet = Files.writeString(folder.resolve("no.parquet"), "no parquet ".repeat(20));
    for (Path bad : List.of(cut, other, noParquet, folder.resolve("missing.jsonl"))) {
      String corpus = folder.resolve("corpus").toString();
      assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), fixture.settings(bad, corpus)))
          .isInstanceOf(DocumentException.class)
          .hasMessageContaining(bad.getFileName().toString());
      assertThat(folder.resolve("corpus")).doesNotExist();
    }
  }

  @Test
  void tooFewDocumentsAreRefusedWithNumbers() throws IOException {
    Path few = fixture.lines("few.jsonl", List.of("one short document", "another"));
    String corpus = folder.resolve("corpus").toString();
    assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), fixture.settings(few, corpus)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("split has")
        .hasMessageContaining("one block of one bucket takes 64")
        .hasMessageContaining("2 records read")
        .hasMessageContaining("lower the context");
    PrepareSettings many =
        new PrepareSettings(
            Input.of(List.of(fixture.input().toString()), DocumentFormat.AUTO),
            "gpt2",
            new Blocks(63, 0.1, 100_000, 17),
            corpus);
    assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), many))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokens for 100000 shards")
        .hasMessageContaining("lower the number of shards to at most");
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void skippedRecordsAreInTheManifest() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"content\":null}\nnot json\n");
    PrepareSettings settings =
        new PrepareSettings(
            Input.of(List.of(fixture.input().toString(), bad.toString()), DocumentFormat.AUTO),
            "gpt2",
            new Blocks(63, 0.1, 2, 17),
            folder.resolve("corpus").toString());
    CorpusManifest manifest = PrepareJob.run(fixture.spark(), settings).manifest();
    assertThat(manifest.documents().read()).isEqualTo(PrepareFixture.DOCUMENTS + 2);
    assertThat(manifest.documents().kept()).isEqualTo(PrepareFixture.DOCUMENTS);
    assertThat(manifest.documents().skipped().toString())
        .isEqualTo("{BROKEN_JSON=1, NO_CONTENT=1}");
    assertThat(folder.resolve("corpus/rejected/records.jsonl"))
        .hasContent(
            """
            {"file":"file:%1$s","position":0,"reason":"NO_CONTENT","excerpt":"{\\"content\\":null}"}
            {"file":"file:%1$s","position":17,"reason":"BROKEN_JSON","excerpt":"not json"}
            """
                .formatted(bad));
    assertThat(PrepareJob.run(fixture.spark(), settings).outcome())
        .isEqualTo(PrepareResult.Outcome.ALREADY_DONE);
  }

  @Test
  void badRecordsOfAllTasksTogetherAreLimited() throws IOException {
    Path many = Files.createDirectories(folder.resolve("many"));
    for (String name : List.of("a.jsonl", "b.jsonl", "c.jsonl")) {
      Files.writeString(many.resolve(name), "not json\n".repeat(40_000) + "{}\n");
    }
    PrepareSettings settings =
        new PrepareSettings(
            new Input(
                List.of(many.toString()),
                DocumentFormat.AUTO,
                DocumentFields.REFINED_WEB,
                new RejectionLimits(90_000, 0),
                List.of()),
            TokenizerChoice.of("gpt2"),
            new Blocks(63, 0.1, 2, 17),
            CurationSettings.OFF,
            folder.resolve("corpus").toString());
    assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), settings))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("Too many bad records")
        .hasMessageContaining("90000 rejected records")
        .hasMessageContaining("jsonl");
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    List<String> documents = List.of(fixture.input().toString());
    assertThatThrownBy(
            () ->
                new PrepareSettings(
                    Input.of(documents, DocumentFormat.AUTO),
                    "gpt2",
                    new Blocks(0, 0.1, 1, 1),
                    "corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("context 0");
    assertThatThrownBy(
            () ->
                new PrepareSettings(
                    Input.of(documents, DocumentFormat.AUTO),
                    "gpt2",
                    new Blocks(8, 1.0, 1, 1),
                    "corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("validation fraction 1.0");
  }

  @Test
  void speculationIsRefused() {
    fixture.spark().stop();
    SparkContext speculating =
        SparkContext.getOrCreate(
            new SparkConf()
                .setAppName("tests")
                .setMaster("local[1]")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.speculation", "true"));
    try {
      PrepareSettings settings =
          fixture.settings(fixture.input(), folder.resolve("corpus").toString());
      assertThatThrownBy(() -> PrepareJob.run(speculating, settings))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("set spark.speculation to false");
    } finally {
      speculating.stop();
    }
  }
}
