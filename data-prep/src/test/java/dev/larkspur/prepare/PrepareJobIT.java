package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.ShelfFileSystem;
import dev.larkspur.tokenizer.BpeTrainer;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a corpus holds: the documents, in an order that the settings alone decide. */
class PrepareJobIT {
  private static final String SLICE = "spark.sql.files.maxPartitionBytes";

  @TempDir private Path folder;
  private PrepareFixture fixture;

  @BeforeEach
  void writeDocuments() throws IOException {
    fixture = new PrepareFixture(folder);
  }

  @Test
  void blocksAreTheDocumentsInTheOrderOfTheirOrigin() throws IOException {
    CorpusManifest manifest = fixture.prepare(fixture.input(), "corpus");
    assertThat(fixture.shards("corpus").keySet())
        .containsExactly(
            "train-00000.parquet",
            "train-00001.parquet",
            "train-00002.parquet",
            "train-00003.parquet",
            "train-00004.parquet",
            "val-00000.parquet");
    Corpus corpus = Corpus.open(folder.resolve("corpus").toString(), fixture.conf());
    assertThat(corpus.manifest()).isEqualTo(manifest);
    corpus.verify();
    Tokenizer tokenizer = corpus.tokenizer();
    Set<String> all = new HashSet<>(fixture.texts());
    Set<String> seen = new HashSet<>();
    for (Split split : Split.values()) {
      SplitManifest part = manifest.split(split);
      String glob = folder.resolve("corpus") + "/" + split.shardName(1, 0).replace("00000", "*");
      List<Row> rows =
          SparkSession.builder()
              .getOrCreate()
              .read()
              .parquet(glob)
              .orderBy("block")
              .collectAsList();
      assertThat(rows).hasSize((int) part.blocks());
      assertThat(part.tokens() - part.tailTokens()).isEqualTo(64 * part.blocks());
      int cut = 0;
      for (int bucket = 0; bucket < part.shards().size(); bucket++) {
        int[] stream = stream(rows, bucket);
        String decoded = tokenizer.decode(stream);
        List<String> documents = List.of(decoded.split("<\\|endoftext\\|>", -1));
        String last = documents.get(documents.size() - 1);
        assertThat(fixture.texts()).anyMatch(text -> text.startsWith(last));
        for (String document : documents.subList(0, documents.size() - 1)) {
          assertThat(all).contains(document);
          assertThat(seen.add(document)).as("only once: %s", document).isTrue();
        }
        cut += documents.size() - 1;
      }
      assertThat(part.documents()).isBetween((long) cut, cut + 64L * part.shards().size());
      assertThat(part.tailTokens()).isLessThan(64L * part.shards().size());
    }
    long tokens =
        fixture.texts().stream().mapToLong(text -> tokenizer.encode(text).length + 1).sum();
    assertThat(manifest.train().tokens() + manifest.validation().tokens()).isEqualTo(tokens);
    assertThat(manifest.train().documents() + manifest.validation().documents())
        .isEqualTo(PrepareFixture.DOCUMENTS);
    assertThat(manifest.validation().documents()).isBetween(300L, 500L);
    assertThat(manifest.unigramPerplexity()).isEqualTo(unigram(corpus));
  }

  /** The tokens of one bucket; checks that its blocks are numbered without gaps. */
  private static int[] stream(List<Row> rows, int bucket) {
    List<Row> blocks = rows.stream().filter(row -> row.getLong(0) >> 40 == bucket).toList();
    int[] stream = new int[64 * blocks.size()];
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(blocks.get(i).getLong(0)).isEqualTo(((long) bucket << 40) + i);
      TokenWidth.TWO.decode((byte[]) blocks.get(i).get(1), 0, stream, 64 * i, 64);
    }
    return stream;
  }

  private static double unigram(Corpus corpus) throws IOException {
    List<long[]> counts = new ArrayList<>();
    for (Split split : Split.values()) {
      long[] count = new long[corpus.tokenizer().vocabulary()];
      int[] block = new int[64];
      TokenOrder order = new TokenOrder(corpus.manifest(), split, 3);
      try (BlockReader reader = new BlockReader(corpus, split)) {
        for (long i = 0; i < order.blocks(); i++) {
          reader.read(order.locate(i), block, 0);
          for (int id : block) {
            count[id]++;
          }
        }
      }
      counts.add(count);
    }
    return UnigramPerplexity.of(counts.get(0), counts.get(1));
  }

  @Test
  void theBytesDoNotDependOnHowTheWorkIsDivided() throws IOException {
    CorpusManifest manifest = fixture.prepare(fixture.input(), "corpus");
    fixture.spark().conf().set(SLICE, "20000");
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      fixture.prepare(fixture.input(), "slices");
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
      fixture.spark().conf().remove(SLICE);
    }
    fixture.assertSameShards("corpus", "slices");

    List<String> mixed = new ArrayList<>(fixture.texts());
    Collections.shuffle(mixed, new Random(2));
    Path many = Files.createDirectories(folder.resolve("many"));
    SampleDocuments.jsonLines(many.resolve("a.jsonl.gz"), mixed.subList(0, 500));
    SampleDocuments.jsonLines(many.resolve("b.jsonl.zst"), mixed.subList(500, 3000));
    SampleDocuments.jsonLines(
        many.resolve("c.jsonl"), mixed.subList(3000, PrepareFixture.DOCUMENTS));
    fixture.use("local[1]");
    CorpusManifest divided = fixture.prepare(many, "divided");
    fixture.assertSameShards("corpus", "divided");
    assertThat(divided.train()).isEqualTo(manifest.train());

    fixture.use("local[8]");
    fixture.prepare(
        SampleDocuments.parquet(folder.resolve("one.parquet"), PrepareFixture.DOCUMENTS),
        "parquet");
    fixture.assertSameShards("corpus", "parquet");
  }

  /** As {@code hdfs:///corpus} is one. */
  @Test
  void aPathWithoutAHostIsOfTheDefaultFileSystem() throws IOException {
    fixture.prepare(fixture.input(), "corpus");
    ShelfFileSystem.into(fixture.conf());
    try {
      PrepareJob.run(
          fixture.spark(),
          fixture.settings(fixture.input(), "shelf://" + folder.resolve("shelved")));
    } finally {
      fixture.conf().unset(FileSystem.FS_DEFAULT_NAME_KEY);
    }
    fixture.assertSameShards("corpus", "shelved");
  }

  @Test
  void everySettingThatDecidesTheBytesDoes() throws IOException {
    fixture.prepare(fixture.input(), "corpus");
    PrepareSettings other =
        new PrepareSettings(
            Input.of(List.of(fixture.input().toString()), DocumentFormat.AUTO),
            "gpt2",
            new Blocks(63, 0.1, 5, 18),
            folder.resolve("seed").toString());
    PrepareJob.run(fixture.spark(), other);
    assertThat(fixture.shards("seed").get("val-00000.parquet"))
        .isNotEqualTo(fixture.shards("corpus").get("val-00000.parquet"));
  }

  @Test
  void noDocumentIsInBothSplits() throws IOException {
    List<String> doubled = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      doubled.addAll(fixture.texts().subList(0, 400));
    }
    Collections.shuffle(doubled, new Random(1));
    CorpusManifest manifest = fixture.prepare(fixture.lines("doubled.jsonl", doubled), "corpus");
    assertThat(manifest.train().documents() % 5).isZero();
    assertThat(manifest.validation().documents() % 5).isZero();
    Corpus corpus = Corpus.open(folder.resolve("corpus").toString(), fixture.conf());
    List<Set<String>> sides = new ArrayList<>();
    for (Split split : Split.values()) {
      Set<String> whole = new HashSet<>();
      String glob = folder.resolve("corpus") + "/" + split.shardName(1, 0).replace("00000", "*");
      List<Row> rows =
          SparkSession.builder()
              .getOrCreate()
              .read()
              .parquet(glob)
              .orderBy("block")
              .collectAsList();
      for (int bucket = 0; bucket < manifest.split(split).shards().size(); bucket++) {
        String decoded = corpus.tokenizer().decode(stream(rows, bucket));
        List<String> documents = List.of(decoded.split("<\\|endoftext\\|>", -1));
        whole.addAll(documents.subList(0, documents.size() - 1));
      }
      assertThat(whole).hasSizeGreaterThan(20);
      sides.add(whole);
    }
    assertThat(sides.get(0)).doesNotContainAnyElementsOf(sides.get(1));
  }

  @Test
  void aTokenizerFileIsCopied() throws IOException {
    DocumentSource source =
        new DocumentSource(List.of(fixture.input().toString()), DocumentFormat.AUTO);
    String file = folder.resolve("words.json").toString();
    BpeTrainer.train(fixture.spark(), source, 600).write(file, fixture.conf());
    PrepareSettings settings =
        new PrepareSettings(
            Input.of(List.of(fixture.input().toString()), DocumentFormat.JSONL),
            file,
            new Blocks(31, 0.05, 2, 1),
            folder.resolve("corpus").toString());
    PrepareJob.run(fixture.spark(), settings);
    Corpus corpus = Corpus.open(settings.corpus(), fixture.conf());
    assertThat(corpus.tokenizer().vocabulary()).isEqualTo(600);
    assertThat(corpus.manifest().tokenizer())
        .isEqualTo(TokenizerSource.read(file, fixture.conf()).tokenizer().identity());
    assertThat(PrepareJob.run(fixture.spark(), settings).outcome())
        .isEqualTo(PrepareResult.Outcome.ALREADY_DONE);
    Files.writeString(folder.resolve("corpus/tokenizer.json"), "{}");
    assertThatThrownBy(() -> Corpus.open(settings.corpus(), fixture.conf()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokenizer.json is not the tokenizer of the manifest");
    Files.delete(folder.resolve("corpus/tokenizer.json"));
    assertThatThrownBy(() -> Corpus.open(settings.corpus(), fixture.conf()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tokenizer.json is missing");
  }
}
