package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.pack.TokenWidth;
import dev.larkspur.tokenizer.BpeTrainer;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareJobIT {
  private static final int DOCUMENTS = 4000;
  private static final String SLICE = "spark.sql.files.maxPartitionBytes";

  @TempDir private Path folder;
  private SparkSession spark;
  private Configuration conf;
  private List<String> texts;
  private Path input;

  @BeforeEach
  void writeDocuments() throws IOException {
    spark = LocalSpark.session();
    conf = spark.sparkContext().hadoopConfiguration();
    texts = SampleDocuments.texts(DOCUMENTS);
    input = SampleDocuments.jsonLines(folder.resolve("documents.jsonl"), texts);
  }

  private PrepareSettings settings(Path documents, String corpus) {
    return new PrepareSettings(
        List.of(documents.toString()), DocumentFormat.AUTO, "gpt2", 63, 0.1, 5, 17, corpus);
  }

  private CorpusManifest prepare(Path documents, String name) {
    PrepareResult result =
        PrepareJob.run(spark, settings(documents, folder.resolve(name).toString()));
    assertThat(result.outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
    return result.manifest();
  }

  /** Name to content of all files but the manifest. */
  private Map<String, byte[]> shards(String name) throws IOException {
    Map<String, byte[]> shards = new TreeMap<>();
    try (var files = Files.list(folder.resolve(name))) {
      for (Path file : files.toList()) {
        shards.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    shards.remove("manifest.json");
    return shards;
  }

  private void assertSameShards(String one, String other) throws IOException {
    Map<String, byte[]> expected = shards(one);
    assertThat(shards(other)).as(other).hasSameSizeAs(expected);
    shards(other)
        .forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
  }

  private Path lines(String name, List<String> documents) throws IOException {
    return SampleDocuments.jsonLines(folder.resolve(name), documents);
  }

  @Test
  void blocksAreTheDocumentsInTheOrderOfTheirOrigin() throws IOException {
    CorpusManifest manifest = prepare(input, "corpus");
    assertThat(shards("corpus").keySet())
        .containsExactly(
            "train-00000.parquet",
            "train-00001.parquet",
            "train-00002.parquet",
            "train-00003.parquet",
            "train-00004.parquet",
            "val-00000.parquet");
    Corpus corpus = Corpus.open(folder.resolve("corpus").toString(), conf);
    assertThat(corpus.manifest()).isEqualTo(manifest);
    corpus.verify();
    Tokenizer tokenizer = corpus.tokenizer();
    Set<String> all = new HashSet<>(texts);
    Set<String> seen = new HashSet<>();
    for (Split split : Split.values()) {
      SplitManifest part = manifest.split(split);
      String glob = folder.resolve("corpus") + "/" + split.shardName(1, 0).replace("00000", "*");
      List<Row> rows = spark.read().parquet(glob).orderBy("block").collectAsList();
      assertThat(rows).hasSize((int) part.blocks());
      assertThat(part.tokens() - part.tailTokens()).isEqualTo(64 * part.blocks());
      int cut = 0;
      for (int bucket = 0; bucket < part.shards().size(); bucket++) {
        int[] stream = stream(rows, bucket);
        String decoded = tokenizer.decode(stream);
        List<String> documents = List.of(decoded.split("<\\|endoftext\\|>", -1));
        String last = documents.get(documents.size() - 1);
        assertThat(texts).anyMatch(text -> text.startsWith(last));
        for (String document : documents.subList(0, documents.size() - 1)) {
          assertThat(all).contains(document);
          assertThat(seen.add(document)).as("only once: %s", document).isTrue();
        }
        cut += documents.size() - 1;
      }
      assertThat(part.documents()).isBetween((long) cut, cut + 64L * part.shards().size());
      assertThat(part.tailTokens()).isLessThan(64L * part.shards().size());
    }
    long tokens = texts.stream().mapToLong(text -> tokenizer.encode(text).length + 1).sum();
    assertThat(manifest.train().tokens() + manifest.validation().tokens()).isEqualTo(tokens);
    assertThat(manifest.train().documents() + manifest.validation().documents())
        .isEqualTo(DOCUMENTS);
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
    CorpusManifest manifest = prepare(input, "corpus");
    spark.conf().set(SLICE, "20000");
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      prepare(input, "slices");
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
      spark.conf().unset(SLICE);
    }
    assertSameShards("corpus", "slices");

    List<String> mixed = new ArrayList<>(texts);
    Collections.shuffle(mixed, new Random(2));
    Path many = Files.createDirectories(folder.resolve("many"));
    SampleDocuments.jsonLines(many.resolve("a.jsonl.gz"), mixed.subList(0, 500));
    SampleDocuments.jsonLines(many.resolve("b.jsonl.zst"), mixed.subList(500, 3000));
    SampleDocuments.jsonLines(many.resolve("c.jsonl"), mixed.subList(3000, DOCUMENTS));
    spark = LocalSpark.session("local[1]");
    CorpusManifest divided = prepare(many, "divided");
    assertSameShards("corpus", "divided");
    assertThat(divided.train()).isEqualTo(manifest.train());

    spark = LocalSpark.session("local[8]");
    prepare(SampleDocuments.parquet(folder.resolve("one.parquet"), DOCUMENTS), "parquet");
    assertSameShards("corpus", "parquet");
  }

  @Test
  void everySettingThatDecidesTheBytesDoes() throws IOException {
    prepare(input, "corpus");
    PrepareSettings other =
        new PrepareSettings(
            List.of(input.toString()),
            DocumentFormat.AUTO,
            "gpt2",
            63,
            0.1,
            5,
            18,
            folder.resolve("seed").toString());
    PrepareJob.run(spark, other);
    assertThat(shards("seed").get("val-00000.parquet"))
        .isNotEqualTo(shards("corpus").get("val-00000.parquet"));
  }

  @Test
  void noDocumentIsInBothSplits() throws IOException {
    List<String> doubled = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      doubled.addAll(texts.subList(0, 400));
    }
    Collections.shuffle(doubled, new Random(1));
    CorpusManifest manifest = prepare(lines("doubled.jsonl", doubled), "corpus");
    assertThat(manifest.train().documents() % 5).isZero();
    assertThat(manifest.validation().documents() % 5).isZero();
    Corpus corpus = Corpus.open(folder.resolve("corpus").toString(), conf);
    List<Set<String>> sides = new ArrayList<>();
    for (Split split : Split.values()) {
      Set<String> whole = new HashSet<>();
      String glob = folder.resolve("corpus") + "/" + split.shardName(1, 0).replace("00000", "*");
      List<Row> rows = spark.read().parquet(glob).orderBy("block").collectAsList();
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
  void aSecondRunDoesNothing() throws IOException {
    CorpusManifest manifest = prepare(input, "corpus");
    Map<String, byte[]> before = shards("corpus");
    PrepareSettings same = settings(input, folder.resolve("corpus").toString());
    assertThat(PrepareJob.run(spark, same))
        .isEqualTo(new PrepareResult(manifest, PrepareResult.Outcome.ALREADY_DONE, 0, 1));
    assertThat(shards("corpus").keySet()).isEqualTo(before.keySet());

    PrepareSettings other =
        new PrepareSettings(same.documents(), same.format(), "gpt2", 31, 0.1, 5, 17, same.corpus());
    assertThatThrownBy(() -> PrepareJob.run(spark, other))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("context 63 instead of 31")
        .hasMessageContaining("choose another corpus directory");
    Files.delete(folder.resolve("corpus/train-00003.parquet"));
    assertThatThrownBy(() -> PrepareJob.run(spark, same))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("train-00003.parquet is missing");
  }

  @Test
  void aKilledRunEndsWithTheSameBytes() throws IOException {
    prepare(input, "corpus");
    byte[] manifest = Files.readAllBytes(folder.resolve("corpus/manifest.json"));
    Path killed = Files.createDirectories(folder.resolve("killed"));
    Map<String, byte[]> whole = shards("corpus");
    Files.write(killed.resolve("train-00000.parquet"), whole.get("train-00000.parquet"));
    Files.write(
        killed.resolve("train-00001.parquet"),
        Arrays.copyOf(whole.get("train-00001.parquet"), 100));
    // Of an earlier run with more shards.
    Files.write(killed.resolve("train-00009.parquet"), whole.get("train-00002.parquet"));
    Files.write(killed.resolve("manifest.json"), Arrays.copyOf(manifest, manifest.length / 2));
    prepare(input, "killed");
    assertSameShards("corpus", "killed");
    assertThat(killed.resolve("manifest.json")).hasBinaryContent(manifest);
  }

  @Test
  void aFullDiskIsOneErrorAndARunWithRoomMendsIt() throws IOException {
    prepare(input, "corpus");
    long bytes = shards("corpus").values().stream().mapToLong(shard -> shard.length).sum();
    conf.set("fs.flaky.impl", FlakyFileSystem.class.getName());
    PrepareSettings settings = settings(input, "flaky://" + folder.resolve("full"));
    for (long room : new long[] {0, bytes / 2, bytes - 1, bytes + 100}) {
      FlakyFileSystem.room(room);
      assertThatThrownBy(() -> PrepareJob.run(spark, settings))
          .as("room for %d of %d bytes", room, bytes)
          .isInstanceOf(CorpusException.class)
          .hasMessageContaining("full/")
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("room")
          .hasMessageContaining("prepare again");
      assertThatThrownBy(() -> Corpus.open(settings.corpus(), conf))
          .isInstanceOf(CorpusException.class)
          .hasMessageContaining("manifest.json");
    }
    FlakyFileSystem.room(Long.MAX_VALUE);
    assertThat(PrepareJob.run(spark, settings).outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
    assertSameShards("corpus", "full");
  }

  @Test
  void aTokenizerFileIsCopied() throws IOException {
    DocumentSource source = new DocumentSource(List.of(input.toString()), DocumentFormat.AUTO);
    String file = folder.resolve("words.json").toString();
    BpeTrainer.train(spark, source, 600).write(file, conf);
    PrepareSettings settings =
        new PrepareSettings(
            List.of(input.toString()),
            DocumentFormat.JSONL,
            file,
            31,
            0.05,
            2,
            1,
            folder.resolve("corpus").toString());
    PrepareJob.run(spark, settings);
    Corpus corpus = Corpus.open(settings.corpus(), conf);
    assertThat(corpus.tokenizer().vocabulary()).isEqualTo(600);
    assertThat(corpus.manifest().tokenizer()).isEqualTo(Tokenizers.load(file, conf).identity());
    assertThat(PrepareJob.run(spark, settings).outcome())
        .isEqualTo(PrepareResult.Outcome.ALREADY_DONE);
    Files.writeString(folder.resolve("corpus/tokenizer.json"), "{}");
    assertThatThrownBy(() -> Corpus.open(settings.corpus(), conf))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("tokenizer.json is not the tokenizer of the manifest");
    Files.delete(folder.resolve("corpus/tokenizer.json"));
    assertThatThrownBy(() -> Corpus.open(settings.corpus(), conf))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("tokenizer.json is missing");
  }

  @Test
  void badInputIsOneErrorAndNoManifest() throws IOException {
    byte[] gzip = Files.readAllBytes(lines("good.jsonl.gz", texts));
    Path cut = Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(gzip, gzip.length / 2));
    Path other = folder.resolve("other.parquet");
    spark.range(10).write().parquet(other.toString());
    Path noParquet = Files.writeString(folder.resolve("no.parquet"), "no parquet ".repeat(20));
    for (Path bad : List.of(cut, other, noParquet, folder.resolve("missing.jsonl"))) {
      String corpus = folder.resolve("corpus").toString();
      assertThatThrownBy(() -> PrepareJob.run(spark, settings(bad, corpus)))
          .isInstanceOf(DocumentException.class)
          .hasMessageContaining(bad.getFileName().toString());
      assertThat(folder.resolve("corpus")).doesNotExist();
    }
  }

  @Test
  void tooFewDocumentsAreRefusedWithNumbers() throws IOException {
    Path few = lines("few.jsonl", List.of("one short document", "another"));
    String corpus = folder.resolve("corpus").toString();
    assertThatThrownBy(() -> PrepareJob.run(spark, settings(few, corpus)))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("split has")
        .hasMessageContaining("one block of one bucket takes 64")
        .hasMessageContaining("2 records read")
        .hasMessageContaining("lower the context");
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void skippedRecordsAreInTheManifest() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"content\":null}\nnot json\n");
    PrepareSettings settings =
        new PrepareSettings(
            List.of(input.toString(), bad.toString()),
            DocumentFormat.AUTO,
            "gpt2",
            63,
            0.1,
            2,
            17,
            folder.resolve("corpus").toString());
    CorpusManifest manifest = PrepareJob.run(spark, settings).manifest();
    assertThat(manifest.documents().read()).isEqualTo(DOCUMENTS + 2);
    assertThat(manifest.documents().kept()).isEqualTo(DOCUMENTS);
    assertThat(manifest.documents().skipped().toString())
        .isEqualTo("{BROKEN_JSON=1, NO_CONTENT=1}");
    assertThat(folder.resolve("corpus/rejected/records.jsonl"))
        .hasContent(
            """
            {"file":"file:%1$s","position":0,"reason":"NO_CONTENT","excerpt":"{\\"content\\":null}"}
            {"file":"file:%1$s","position":17,"reason":"BROKEN_JSON","excerpt":"not json"}
            """
                .formatted(bad));
    assertThat(PrepareJob.run(spark, settings).outcome())
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
            List.of(many.toString()),
            DocumentFormat.AUTO,
            "gpt2",
            63,
            0.1,
            2,
            17,
            folder.resolve("corpus").toString(),
            DocumentFields.REFINED_WEB,
            new RejectionLimits(90_000, 0),
            CurationSettings.OFF);
    assertThatThrownBy(() -> PrepareJob.run(spark, settings))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("Too many bad records")
        .hasMessageContaining("90000 rejected records")
        .hasMessageContaining("jsonl");
    assertThat(folder.resolve("corpus")).doesNotExist();
  }

  @Test
  void directoriesOfOthersAreLeftAlone() throws IOException {
    Path mine = Files.createDirectories(folder.resolve("corpus"));
    Files.writeString(mine.resolve("thesis.tex"), "mine");
    assertThatThrownBy(() -> prepare(input, "corpus"))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("thesis.tex");
    assertThat(mine.resolve("thesis.tex")).hasContent("mine");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    List<String> documents = List.of(input.toString());
    assertThatThrownBy(
            () ->
                new PrepareSettings(documents, DocumentFormat.AUTO, "gpt2", 0, 0.1, 1, 1, "corpus"))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("context 0");
    assertThatThrownBy(
            () ->
                new PrepareSettings(documents, DocumentFormat.AUTO, "gpt2", 8, 1.0, 1, 1, "corpus"))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("validation fraction 1.0");
  }

  @Test
  void speculationIsRefused() {
    spark.stop();
    SparkSession speculating =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.speculation", "true")
            .getOrCreate();
    try {
      PrepareSettings settings = settings(input, folder.resolve("corpus").toString());
      assertThatThrownBy(() -> PrepareJob.run(speculating, settings))
          .isInstanceOf(CorpusException.class)
          .hasMessageContaining("set spark.speculation to false");
    } finally {
      speculating.stop();
    }
  }
}
