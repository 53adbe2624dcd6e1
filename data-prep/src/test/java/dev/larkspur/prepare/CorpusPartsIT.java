package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.corpus.VerifyJob;
import dev.larkspur.corpus.VerifyJob.VerifyResult;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus that grows: nights add parts, and what is there stays. */
class CorpusPartsIT {
  private static final int NIGHT = 1000;

  @TempDir private Path folder;
  private SparkContext spark;
  private Configuration conf;
  private List<String> texts;
  private Path dumps;

  @BeforeEach
  void firstNight() throws IOException {
    spark = LocalSpark.context();
    conf = spark.hadoopConfiguration();
    texts = SampleDocuments.texts(4 * NIGHT);
    dumps = Files.createDirectories(folder.resolve("dumps"));
    dump("night-1.jsonl", 0, NIGHT);
  }

  private Path dump(String name, int from, int to) throws IOException {
    return SampleDocuments.jsonLines(dumps.resolve(name), texts.subList(from, to));
  }

  private PrepareSettings settings(String corpus, int shards) {
    return new PrepareSettings(
        Input.of(List.of(dumps.toString()), DocumentFormat.AUTO),
        "gpt2",
        new Blocks(63, 0.1, shards, 17),
        folder.resolve(corpus).toString());
  }

  private PrepareResult prepare(String corpus) {
    return PrepareJob.run(spark, settings(corpus, 2));
  }

  private Map<String, byte[]> files(String corpus) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var paths = Files.list(folder.resolve(corpus))) {
      for (Path file : paths.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private void assertUnchanged(Map<String, byte[]> before, String corpus) throws IOException {
    Map<String, byte[]> now = files(corpus);
    before.forEach((name, bytes) -> assertThat(now.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void aNightAddsAPartBesideTheOthers() throws IOException {
    CorpusManifest first = prepare("corpus").manifest();
    Map<String, byte[]> before = files("corpus");
    dump("night-2.jsonl", NIGHT, 2 * NIGHT);
    PrepareResult second = PrepareJob.run(spark, settings("corpus", 3));
    assertThat(second.filesAdded()).isEqualTo(1);
    assertThat(second.filesKnown()).isEqualTo(1);
    assertUnchanged(before, "corpus");
    assertThat(files("corpus").keySet())
        .containsExactly(
            "manifest-000002.json",
            "manifest.json",
            "train-00000.parquet",
            "train-000002-00000.parquet",
            "train-000002-00001.parquet",
            "train-000002-00002.parquet",
            "train-00001.parquet",
            "val-00000.parquet",
            "val-000002-00000.parquet");
    CorpusManifest now = second.manifest();
    assertThat(now.parts().get(0)).isEqualTo(first.parts().get(0));
    assertThat(now.train().blocks())
        .isEqualTo(first.train().blocks() + now.parts().get(1).train().blocks());
    assertThat(now.documents().kept()).isEqualTo(2 * NIGHT);
    assertThat(now.texts().lengths().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(2 * NIGHT);

    Corpus whole = Corpus.open(folder.resolve("corpus").toString(), conf);
    whole.verify();
    assertThat(whole.manifest()).isEqualTo(now);
    assertThat(now.unigramPerplexity()).isEqualTo(unigram(whole));
    Corpus asOf = Corpus.openAsOf(folder.resolve("corpus").toString(), first.fingerprint(), conf);
    assertThat(asOf.manifest()).isEqualTo(first);
    assertThat(Corpus.openAsOf(folder.resolve("corpus").toString(), "none", conf).manifest())
        .isEqualTo(now);
    assertThat(VerifyJob.run(spark, folder.resolve("corpus").toString()))
        .isEqualTo(
            new VerifyResult(
                7,
                now.train().shards().stream().mapToLong(Shard::bytes).sum()
                    + now.validation().shards().stream().mapToLong(Shard::bytes).sum(),
                List.of(),
                List.of()));

    PrepareResult third = prepare("corpus");
    assertThat(third).isEqualTo(new PrepareResult(now, PrepareResult.Outcome.ALREADY_DONE, 0, 2));
  }

  private static double unigram(Corpus corpus) throws IOException {
    long[][] counts = new long[2][corpus.tokenizer().vocabulary()];
    int[] block = new int[64];
    for (Split split : Split.values()) {
      TokenOrder order = TokenOrder.sequential(corpus.manifest(), split);
      try (BlockReader reader = new BlockReader(corpus, split)) {
        for (long i = 0; i < order.blocks(); i++) {
          reader.read(order.locate(i), block, 0);
          for (int id : block) {
            counts[split.code()][id]++;
          }
        }
      }
    }
    return UnigramPerplexity.of(counts[0], counts[1]);
  }

  @Test
  void theSameNightsGiveTheSameBytesAlsoAfterAnInterruption() throws IOException {
    prepare("corpus");
    prepare("killed");
    dump("night-2.jsonl", NIGHT, 2 * NIGHT);
    prepare("corpus");
    Map<String, byte[]> whole = files("corpus");
    // What a run leaves that is killed while it writes the manifest.
    Path killed = folder.resolve("killed");
    byte[] shard = whole.get("train-000002-00000.parquet");
    byte[] manifest = whole.get("manifest-000002.json");
    Files.write(killed.resolve("train-000002-00000.parquet"), shard);
    Files.write(killed.resolve("train-000002-00001.parquet"), Arrays.copyOf(shard, 99));
    Files.write(killed.resolve("train-000002-00007.parquet"), shard);
    Files.write(killed.resolve("manifest-000002.json"), Arrays.copyOf(manifest, 1000));
    assertThat(Corpus.open(killed.toString(), conf).manifest().number()).isEqualTo(1);
    assertThat(VerifyJob.run(spark, killed.toString()).truncatedManifests())
        .singleElement()
        .asString()
        .endsWith("killed/manifest-000002.json");
    prepare("killed");
    assertThat(files("killed").keySet()).isEqualTo(whole.keySet());
    assertUnchanged(whole, "killed");
  }

  @Test
  void aDocumentThatComesAgainStaysOnItsSide() throws IOException {
    CorpusManifest first = prepare("corpus").manifest();
    // Not the bytes of a file that is known: a line break more.
    Files.writeString(dump("again.jsonl", 0, NIGHT), "\n", StandardOpenOption.APPEND);
    CorpusManifest both = prepare("corpus").manifest();
    for (Split split : Split.values()) {
      SplitManifest one = first.split(split);
      SplitManifest other = both.parts().get(1).split(split);
      assertThat(other.documents()).isEqualTo(one.documents());
      // The same documents in the same order make the same files under other names.
      assertThat(other.shards().stream().map(Shard::sha256).toList())
          .isEqualTo(one.shards().stream().map(Shard::sha256).toList());
    }
  }

  @Test
  void changedInputsAndSettingsAreRefused() throws IOException {
    CorpusManifest first = prepare("corpus").manifest();
    Map<String, byte[]> before = files("corpus");
    dump("night-1.jsonl", 0, NIGHT - 1);
    assertThatThrownBy(() -> prepare("corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("night-1.jsonl has changed since")
        .hasMessageContaining("Give new documents a new file name");
    Path same = dump("night-1.jsonl", 0, NIGHT);
    PrepareSettings other =
        new PrepareSettings(
            Input.of(List.of(dumps.toString()), DocumentFormat.AUTO),
            "gpt2",
            new Blocks(63, 0.2, 2, 18),
            folder.resolve("corpus").toString());
    assertThatThrownBy(() -> PrepareJob.run(spark, other))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("seed 17 instead of 18")
        .hasMessageContaining("validation fraction 0.1 instead of 0.2");
    Files.delete(same);
    dump("night-2.jsonl", 2 * NIGHT, 3 * NIGHT);
    assertThat(prepare("corpus").manifest().parts()).hasSize(2).startsWith(first.parts().get(0));
    assertUnchanged(before, "corpus");
  }

  @Test
  void filesThatWereTouchedMovedOrCopiedAreKnown() throws IOException {
    CorpusManifest first = prepare("corpus").manifest();
    PrepareResult nothing = new PrepareResult(first, PrepareResult.Outcome.ALREADY_DONE, 0, 1);
    Path night = dumps.resolve("night-1.jsonl");
    Files.setLastModifiedTime(night, FileTime.fromMillis(1_700_000_000_000L));
    assertThat(prepare("corpus")).isEqualTo(nothing);
    Files.move(folder.resolve("corpus"), folder.resolve("moved"));
    Files.createDirectories(folder.resolve("archive"));
    Path moved = Files.move(night, folder.resolve("archive/2026.jsonl"));
    dumps = moved.getParent();
    assertThat(prepare("moved")).isEqualTo(nothing);
    byte[] bytes = Files.readAllBytes(moved);
    Files.write(dumps.resolve("copy.jsonl"), bytes);
    assertThat(prepare("moved"))
        .isEqualTo(new PrepareResult(first, PrepareResult.Outcome.ALREADY_DONE, 0, 2));
    bytes[bytes.length / 2] ^= 1;
    Files.write(dumps.resolve("copy.jsonl"), bytes);
    assertThat(prepare("moved").filesAdded()).isEqualTo(1);
  }

  @Test
  void aNightOfTooLittleTextIsTakenWithTheNext() throws IOException {
    CorpusManifest first = prepare("corpus").manifest();
    Map<String, byte[]> before = files("corpus");
    SampleDocuments.jsonLines(dumps.resolve("tiny.jsonl"), List.of("tiny night"));
    Files.createFile(dumps.resolve("empty.jsonl"));
    PrepareResult tiny = prepare("corpus");
    assertThat(tiny.outcome()).isEqualTo(PrepareResult.Outcome.TOO_LITTLE);
    assertThat(tiny.manifest()).isEqualTo(first);
    assertThat(tiny.reason()).contains("for 2 shards", "takes 64", "wait for more documents");
    assertThat(files("corpus").keySet()).isEqualTo(before.keySet());
    assertUnchanged(before, "corpus");
    dump("night-2.jsonl", NIGHT, 2 * NIGHT);
    assertThat(PrepareJob.run(spark, settings("corpus", 100_000)).reason())
        .contains("for 100000 shards", "lower the number of shards to at most");
    PrepareResult both = prepare("corpus");
    assertThat(both.filesAdded()).isEqualTo(3);
    assertThat(both.manifest().parts().get(1).documents().kept()).isEqualTo(NIGHT + 1);
  }

  @Test
  void filesOfOthersBesideTheShards() throws IOException {
    prepare("corpus");
    dump("night-2.jsonl", NIGHT, 2 * NIGHT);
    Path mounted = Files.writeString(folder.resolve("corpus/.nfs0001"), "of the file system");
    Path notes = Files.writeString(folder.resolve("corpus/notes.txt"), "mine");
    assertThatThrownBy(() -> prepare("corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("corpus/notes.txt is not a file of a corpus: remove it");
    Files.delete(notes);
    assertThat(prepare("corpus").outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
    assertThat(mounted).hasContent("of the file system");
  }

  @Test
  void aDamagedManifestIsNotTakenForOneThatWasNeverWritten() throws IOException {
    prepare("corpus");
    dump("night-2.jsonl", NIGHT, 2 * NIGHT);
    prepare("corpus");
    Path manifest = folder.resolve("corpus/manifest-000002.json");
    byte[] bytes = Files.readAllBytes(manifest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(manifest, bytes);
    Map<String, byte[]> before = files("corpus");
    String corpus = folder.resolve("corpus").toString();
    assertThatThrownBy(() -> prepare("corpus"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("manifest-000002.json is damaged");
    assertThatThrownBy(() -> VerifyJob.run(spark, corpus))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("manifest-000002.json is damaged");
    assertThat(files("corpus").keySet()).isEqualTo(before.keySet());
    assertUnchanged(before, "corpus");
  }

  @Test
  void aNightTooSmallForAValidationBlockIsTaken() throws IOException {
    prepare("corpus");
    SampleDocuments.jsonLines(dumps.resolve("small.jsonl"), List.of("one two three ".repeat(100)));
    CorpusManifest manifest = PrepareJob.run(spark, settings("corpus", 1)).manifest();
    CorpusPart small = manifest.parts().get(1);
    assertThat(small.train().blocks() + small.validation().blocks()).isPositive();
    Corpus corpus = Corpus.open(folder.resolve("corpus").toString(), conf);
    for (Split split : Split.values()) {
      TokenOrder order = new TokenOrder(manifest, split, 1);
      assertThat(order.blocks()).isEqualTo(manifest.split(split).blocks());
      try (BlockReader reader = new BlockReader(corpus, split)) {
        for (long i = 0; i < order.blocks(); i++) {
          reader.read(order.locate(i), new int[64], 0);
        }
      }
    }
  }

  @Test
  void whileOneRunIsAtWorkAnotherIsRefused() throws Exception {
    CorpusDirectory directory = new CorpusDirectory(folder.resolve("corpus").toString(), conf);
    try (Lease running =
        Lease.take(
            directory.files(),
            directory.root(),
            PrepareJob.PREPARING,
            Duration.ofMillis(200),
            pause -> {},
            () -> {})) {
      assertThatThrownBy(() -> prepare("corpus"))
          .isInstanceOf(TryAgainException.class)
          .hasMessageContaining("Another run of prepare on")
          .hasMessageContaining("run the same command again");
      running.requireHeld();
    }
    assertThat(prepare("corpus").outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
  }

  @Test
  void verifyNamesEveryDamagedFile() throws IOException {
    prepare("corpus");
    Path shard = folder.resolve("corpus/train-00001.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    Files.delete(folder.resolve("corpus/val-00000.parquet"));
    List<String> problems = VerifyJob.run(spark, folder.resolve("corpus").toString()).problems();
    assertThat(problems).hasSize(2);
    assertThat(problems.get(0))
        .endsWith("train-00001.parquet is damaged (its SHA-256 differs from the manifest)");
    assertThat(problems.get(1)).endsWith("val-00000.parquet is damaged (it is missing)");
  }
}
