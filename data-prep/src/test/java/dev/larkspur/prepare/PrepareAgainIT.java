package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that hold something already: a corpus, the rest of a killed run, foreign files. */
class PrepareAgainIT {
  @TempDir private Path folder;
  private PrepareFixture fixture;

  @BeforeEach
  void writeDocuments() throws IOException {
    fixture = new PrepareFixture(folder);
  }

  @Test
  void aSecondRunDoesNothing() throws IOException {
    CorpusManifest manifest = fixture.prepare(fixture.input(), "corpus");
    Map<String, byte[]> before = fixture.shards("corpus");
    PrepareSettings same = fixture.settings(fixture.input(), folder.resolve("corpus").toString());
    assertThat(PrepareJob.run(fixture.spark(), same))
        .isEqualTo(new PrepareResult(manifest, PrepareResult.Outcome.ALREADY_DONE, 0, 1));
    assertThat(fixture.shards("corpus").keySet()).isEqualTo(before.keySet());

    PrepareSettings other =
        new PrepareSettings(
            Input.of(same.input().documents(), same.input().format()),
            "gpt2",
            new Blocks(31, 0.1, 5, 17),
            same.corpus());
    assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), other))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("context 63 instead of 31")
        .hasMessageContaining("choose another corpus directory");
    Files.delete(folder.resolve("corpus/train-00003.parquet"));
    assertThatThrownBy(() -> PrepareJob.run(fixture.spark(), same))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("train-00003.parquet is missing");
  }

  @Test
  void aKilledRunEndsWithTheSameBytes() throws IOException {
    fixture.prepare(fixture.input(), "corpus");
    byte[] manifest = Files.readAllBytes(folder.resolve("corpus/manifest.json"));
    Path killed = Files.createDirectories(folder.resolve("killed"));
    Map<String, byte[]> whole = fixture.shards("corpus");
    Files.write(killed.resolve("train-00000.parquet"), whole.get("train-00000.parquet"));
    Files.write(
        killed.resolve("train-00001.parquet"),
        Arrays.copyOf(whole.get("train-00001.parquet"), 100));
    // Of an earlier run with more shards.
    Files.write(killed.resolve("train-00009.parquet"), whole.get("train-00002.parquet"));
    Files.write(killed.resolve("manifest.json"), Arrays.copyOf(manifest, manifest.length / 2));
    fixture.prepare(fixture.input(), "killed");
    fixture.assertSameShards("corpus", "killed");
    assertThat(killed.resolve("manifest.json")).hasBinaryContent(manifest);
  }

  /** The store has the manifest, and its answer was lost: a repeated run succeeds. */
  @Test
  void aRunThatCouldNotTellThatItEndedIsToldByTheNext() throws Exception {
    CorpusManifest manifest = fixture.prepare(fixture.input(), "corpus");
    PrepareSettings same = fixture.settings(fixture.input(), folder.resolve("corpus").toString());
    Path lease = folder.resolve("corpus/prepare-000001.lease");
    CorpusDirectory directory = new CorpusDirectory(same.corpus(), fixture.conf());
    String dead;
    try (Lease ended =
        Lease.take(
            directory.files(),
            directory.root(),
            PrepareJob.PREPARING,
            Duration.ofHours(1),
            pause -> {},
            () -> {})) {
      dead = Files.readString(lease);
      ended.requireHeld();
    }
    Files.writeString(lease, dead);
    assertThat(PrepareJob.run(fixture.spark(), same))
        .isEqualTo(new PrepareResult(manifest, PrepareResult.Outcome.PREPARED, 1, 0));
    assertThat(lease).doesNotExist();
    // A run that was killed in its work, long after the corpus was there.
    Files.writeString(lease, dead);
    Files.setLastModifiedTime(
        folder.resolve("corpus/manifest.json"),
        FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    assertThat(PrepareJob.run(fixture.spark(), same).outcome())
        .isEqualTo(PrepareResult.Outcome.ALREADY_DONE);
  }

  @Test
  void directoriesOfOthersAreLeftAlone() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("corpus"));
    Files.writeString(mine.resolve("thesis.tex"), "mine");
    assertThatThrownBy(() -> fixture.prepare(fixture.input(), "corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("thesis.tex is not a file of a corpus: remove it");
    assertThat(mine.resolve("thesis.tex")).hasContent("mine");
  }
}
