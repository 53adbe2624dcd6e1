package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.prepare.TokenizeTask.DocumentKey;
import dev.larkspur.tokenizer.BpeTrainer;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random documents, tokenizers, contexts and shard counts: the corpus holds the tokens of the
 * documents, in the order of their keys, and nothing else.
 */
class NoTokenIsLostIT {
  private static final int ROUNDS = 8;

  @TempDir private static Path folder;
  private static SparkContext spark;
  private static Configuration conf;

  @BeforeAll
  static void learnTokenizer() throws IOException {
    spark = LocalSpark.context();
    conf = spark.hadoopConfiguration();
    Path sample =
        SampleDocuments.jsonLines(folder.resolve("sample.jsonl"), SampleDocuments.texts(500));
    BpeTrainer.train(
            spark, new DocumentSource(List.of(sample.toString()), DocumentFormat.JSONL), 400)
        .write(folder.resolve("tokenizer.json").toString(), conf);
  }

  @Test
  void theCorpusDecodesBackToTheDocuments() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      String tokenizer =
          random.nextBoolean() ? "gpt2" : folder.resolve("tokenizer.json").toString();
      check("round " + round, random, tokenizer);
    }
  }

  private static void check(String name, Random random, String tokenizerName) throws IOException {
    Path dumps = Files.createDirectories(folder.resolve(name).resolve("dumps"));
    PrepareSettings settings =
        new PrepareSettings(
            Input.of(List.of(dumps.toString()), DocumentFormat.JSONL),
            tokenizerName,
            new Blocks(
                1 + random.nextInt(60),
                0.2 + 0.6 * random.nextDouble(),
                1 + random.nextInt(6),
                random.nextLong()),
            folder.resolve(name).resolve("corpus").toString());
    Tokenizer tokenizer = TokenizerSource.read(tokenizerName, conf).tokenizer();
    List<List<String>> parts = new ArrayList<>();
    int nights = 1 + random.nextInt(2);
    for (int part = 1; part <= nights; part++) {
      List<String> texts = texts(random);
      parts.add(texts);
      SampleDocuments.jsonLines(dumps.resolve(part + ".jsonl"), texts);
      PrepareJob.run(spark, settings);
    }
    CorpusManifest manifest = Corpus.open(settings.corpus(), conf).manifest();
    assertThat(manifest.parts()).as(name).hasSameSizeAs(parts);
    for (int part = 1; part <= parts.size(); part++) {
      for (Split split : Split.values()) {
        checkSplit(name, settings, tokenizer, parts.get(part - 1), manifest, part, split);
      }
    }
  }

  private static void checkSplit(
      String name,
      PrepareSettings settings,
      Tokenizer tokenizer,
      List<String> texts,
      CorpusManifest manifest,
      int part,
      Split split) {
    SplitManifest written = manifest.parts().get(part - 1).split(split);
    int block = settings.blocks().context() + 1;
    List<Row> rows = rows(settings, written);
    TokenWidth width = TokenWidth.of(manifest.tokenizer().vocabulary());
    long documents = 0;
    long tokens = 0;
    long tails = 0;
    for (int bucket = 0; bucket < settings.blocks().shards(split); bucket++) {
      List<String> sorted = bucket(settings, texts, split, bucket);
      int[] expected = ids(sorted, tokenizer);
      int whole = expected.length / block * block;
      int[] stream = stream(rows, bucket, block, width);
      assertThat(stream)
          .as("%s %s %d", name, split, bucket)
          .isEqualTo(Arrays.copyOf(expected, whole));
      int[] withTail = Arrays.copyOf(stream, expected.length);
      System.arraycopy(expected, whole, withTail, whole, expected.length - whole);
      assertThat(documents(withTail, tokenizer)).isEqualTo(sorted);
      documents += sorted.size();
      tokens += expected.length;
      tails += expected.length - whole;
    }
    assertThat(written.documents()).isEqualTo(documents);
    assertThat(written.tokens()).isEqualTo(tokens);
    assertThat(written.tailTokens()).isEqualTo(tails);
    assertThat(written.blocks() * block).isEqualTo(tokens - tails);
  }

  /** Texts of all kinds of characters, some of them more than once. */
  private static List<String> texts(Random random) {
    List<String> words =
        List.of(" the", " a", "\n", "é", "中文", "😀", " 1234", "<|endoftext|", "\"\\");
    List<String> samples = SampleDocuments.texts(300);
    List<String> texts = new ArrayList<>();
    int count = 150 + random.nextInt(250);
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("x");
      int length = random.nextInt(30);
      for (int word = 0; word < length; word++) {
        text.append(words.get(random.nextInt(words.size())));
      }
      switch (random.nextInt(10)) {
        case 0 -> texts.add(texts.isEmpty() ? "first" : texts.get(random.nextInt(texts.size())));
        case 1, 2, 3 -> texts.add(samples.get(random.nextInt(samples.size())) + text);
        default -> texts.add(text.toString());
      }
    }
    return texts;
  }

  private static List<String> bucket(
      PrepareSettings settings, List<String> texts, Split split, int bucket) {
    KeyPartitioner partitioner = new KeyPartitioner(settings);
    DocumentKey keys = new DocumentKey(settings);
    TreeMap<byte[], List<String>> sorted = new TreeMap<>(Arrays::compareUnsigned);
    for (String text : texts) {
      byte[] key = keys.of(text, 0).get(0);
      int partition = partitioner.getPartition(key);
      if (partitioner.split(partition) == split && partitioner.indexInSplit(partition) == bucket) {
        sorted.computeIfAbsent(key, any -> new ArrayList<>()).add(text);
      }
    }
    return sorted.values().stream().flatMap(List::stream).toList();
  }

  private static int[] ids(List<String> texts, Tokenizer tokenizer) {
    return texts.stream()
        .flatMapToInt(
            text ->
                IntStream.concat(
                    Arrays.stream(tokenizer.encode(text)), IntStream.of(tokenizer.endOfText())))
        .toArray();
  }

  private static List<String> documents(int[] ids, Tokenizer tokenizer) {
    List<String> documents = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == tokenizer.endOfText()) {
        documents.add(tokenizer.decode(Arrays.copyOfRange(ids, start, i)));
        start = i + 1;
      }
    }
    return documents;
  }

  /** The blocks of a split in the order of their origin, whichever shard they are in. */
  private static List<Row> rows(PrepareSettings settings, SplitManifest written) {
    String[] files =
        written.shards().stream()
            .map(shard -> settings.corpus() + "/" + shard.file())
            .toArray(String[]::new);
    return SparkSession.builder()
        .getOrCreate()
        .read()
        .parquet(files)
        .coalesce(1)
        .sortWithinPartitions("block")
        .collectAsList();
  }

  private static int[] stream(List<Row> rows, int bucket, int block, TokenWidth width) {
    List<Row> blocks = rows.stream().filter(row -> row.getLong(0) >> 40 == bucket).toList();
    int[] stream = new int[blocks.size() * block];
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(blocks.get(i).getLong(0)).isEqualTo(((long) bucket << 40) + i);
      width.decode((byte[]) blocks.get(i).get(1), 0, stream, i * block, block);
    }
    return stream;
  }
}
