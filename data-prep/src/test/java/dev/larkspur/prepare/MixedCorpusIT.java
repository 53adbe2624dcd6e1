package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceTokens;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources mixed by their share of the tokens. */
class MixedCorpusIT {
  private static final String SLICE = "spark.sql.files.maxPartitionBytes";
  private static final int ROUNDS = 3;

  @TempDir private Path folder;
  private SparkContext spark;
  private Configuration conf;
  private Tokenizer tokenizer;

  @BeforeEach
  void start() {
    spark = LocalSpark.context();
    conf = spark.hadoopConfiguration();
    tokenizer = TokenizerSource.read("gpt2", conf).tokenizer();
  }

  private PrepareSettings settings(String corpus, int context, List<MixedSource> sources) {
    return new PrepareSettings(
        new Input(
            List.of(),
            DocumentFormat.AUTO,
            DocumentFields.REFINED_WEB,
            RejectionLimits.USUAL,
            sources),
        "gpt2",
        new Blocks(context, 0.2, 1, 17),
        folder.resolve(corpus).toString());
  }

  private MixedSource source(String name, double weight, int maxEpochs) {
    return new MixedSource(
        name,
        weight,
        maxEpochs,
        new DocumentSource(List.of(folder.resolve(name).toString()), DocumentFormat.JSONL));
  }

  private void write(String source, String file, List<String> texts) throws IOException {
    Files.createDirectories(folder.resolve(source));
    SampleDocuments.jsonLines(folder.resolve(source).resolve(file), texts);
  }

  private static List<String> texts(String source, int count, Random random) {
    List<String> texts = new ArrayList<>();
    for (String entry : SampleDocuments.texts(count)) {
      texts.add(source + ": " + entry);
      if (random.nextInt(10) == 0) {
        texts.addAll(Collections.nCopies(random.nextInt(4), texts.get(texts.size() - 1)));
      }
    }
    return texts;
  }

  private Map<String, byte[]> files(String corpus) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var list = Files.list(folder.resolve(corpus))) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** Random sources, weights and epochs: shares hold, and every document is accounted for. */
  @Test
  void sharesHoldWithinADocument() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      List<MixedSource> sources = new ArrayList<>();
      Map<String, List<String>> texts = new HashMap<>();
      int count = 2 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        String name = "round-" + round + "-" + i;
        texts.put(name, texts(name, 60 + random.nextInt(400), random));
        write(name, "all.jsonl", texts.get(name));
        sources.add(source(name, 0.05 + random.nextDouble(), 1 + random.nextInt(3)));
      }
      String corpus = "corpus-" + round;
      CorpusManifest manifest = PrepareJob.run(spark, settings(corpus, 1, sources)).manifest();
      List<SourceShare> shares = manifest.parts().get(0).sources();
      assertThat(shares).extracting(SourceShare::name).containsAll(texts.keySet());
      for (Split split : Split.values()) {
        checkShares(sources, texts, shares, split);
        checkTaken(corpus, manifest, texts, split);
      }
      for (SourceShare share : shares) {
        List<String> all = texts.get(share.name());
        assertThat(share.train().documents() + share.validation().documents())
            .isEqualTo(all.size());
        assertThat(share.train().tokens() + share.validation().tokens())
            .isEqualTo(all.stream().mapToLong(this::tokens).sum());
      }
    }
  }

  private long tokens(String text) {
    return tokenizer.encode(text).length + 1L;
  }

  private void checkShares(
      List<MixedSource> sources,
      Map<String, List<String>> texts,
      List<SourceShare> shares,
      Split split) {
    double weights = sources.stream().mapToDouble(MixedSource::weight).sum();
    double whole = Double.MAX_VALUE;
    for (int i = 0; i < sources.size(); i++) {
      MixedSource source = sources.get(i);
      long most =
          (split == Split.TRAIN ? source.maxEpochs() : 1) * shares.get(i).split(split).tokens();
      whole = Math.min(whole, most * weights / source.weight());
    }
    assertThat(whole).isPositive();
    for (int i = 0; i < sources.size(); i++) {
      double target = whole * sources.get(i).weight() / weights;
      long longest =
          texts.get(sources.get(i).name()).stream().mapToLong(this::tokens).max().orElseThrow();
      assertThat((double) shares.get(i).split(split).takenTokens())
          .as("%s %s", sources.get(i), split)
          .isGreaterThan(target - longest - 1)
          .isLessThan(target + 1);
    }
  }

  /** A block of two tokens leaves at most one of a bucket out. */
  private void checkTaken(
      String corpus, CorpusManifest manifest, Map<String, List<String>> texts, Split split) {
    Map<String, Long> seen = new HashMap<>();
    for (String text : documents(corpus, manifest.split(split))) {
      seen.merge(text, 1L, Long::sum);
    }
    for (SourceShare share : manifest.parts().get(0).sources()) {
      SourceTokens counts = share.split(split);
      Map<String, Long> copies = new HashMap<>();
      texts.get(share.name()).forEach(text -> copies.merge(text, 1L, Long::sum));
      long taken = 0;
      long passes = counts.takenTokens() / counts.tokens();
      for (Map.Entry<String, Long> text : copies.entrySet()) {
        long times = seen.getOrDefault(text.getKey(), 0L);
        taken += times;
        assertThat(times).isBetween(0L, (passes + 1) * text.getValue());
        if (times > 0) {
          assertThat(times).isGreaterThanOrEqualTo(passes * text.getValue());
        }
      }
      assertThat(taken).isEqualTo(counts.takenDocuments());
      assertThat(counts.excluded()).isEqualTo(Math.max(0, counts.documents() - taken));
    }
    assertThat(seen.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(manifest.split(split).documents());
  }

  private List<String> documents(String corpus, SplitManifest split) {
    List<Integer> ids = new ArrayList<>();
    for (Shard shard : split.shards()) {
      List<Row> rows =
          SparkSession.builder()
              .getOrCreate()
              .read()
              .parquet(folder.resolve(corpus).resolve(shard.file()).toString())
              .coalesce(1)
              .sortWithinPartitions("block")
              .collectAsList();
      for (Row row : rows) {
        byte[] block = (byte[]) row.get(1);
        for (int i = 0; i < block.length; i += 2) {
          ids.add((block[i] & 0xff) | (block[i + 1] & 0xff) << 8);
        }
      }
    }
    List<String> documents = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    for (int id : ids) {
      if (id == tokenizer.endOfText()) {
        documents.add(tokenizer.decode(open.stream().mapToInt(Integer::intValue).toArray()));
        open.clear();
      } else {
        open.add(id);
      }
    }
    if (!open.isEmpty()) {
      documents.add(tokenizer.decode(open.stream().mapToInt(Integer::intValue).toArray()));
    }
    return documents;
  }

  @Test
  void theBytesDoNotDependOnHowTheWorkIsDividedAndNightsAreMixedToo() throws IOException {
    List<MixedSource> sources = List.of(source("web", 0.7, 1), source("wiki", 0.3, 2));
    write("web", "1.jsonl", texts("web", 900, new Random(1)));
    write("wiki", "1.jsonl", texts("wiki", 90, new Random(2)));
    PrepareJob.run(spark, settings("one", 63, sources));
    PrepareJob.run(spark, settings("two", 63, List.of(source("web", 7, 1), source("wiki", 3, 2))));
    spark = LocalSpark.context("local[3]");
    spark.conf().set(SLICE, "10000");
    try {
      PrepareJob.run(spark, settings("three", 63, sources));
    } finally {
      spark.conf().remove(SLICE);
    }
    Map<String, byte[]> one = files("one");
    files("three").forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(one.get(name)));
    assertThat(files("two").get("train-00000.parquet")).isEqualTo(one.get("train-00000.parquet"));

    write("web", "2.jsonl", texts("new web", 300, new Random(3)));
    assertThatThrownBy(() -> PrepareJob.run(spark, settings("one", 63, sources)))
        .isInstanceOf(TryAgainException.class)
        .hasMessageContaining("Source wiki has no new document files");
    write("wiki", "empty.jsonl", List.of());
    PrepareResult waiting = PrepareJob.run(spark, settings("one", 63, sources));
    assertThat(waiting.outcome()).isEqualTo(PrepareResult.Outcome.TOO_LITTLE);
    assertThat(waiting.reason()).contains("The new files of source wiki have no documents");
    write("wiki", "2.jsonl", texts("new wiki", 200, new Random(4)));
    assertThatThrownBy(
            () ->
                PrepareJob.run(
                    spark, settings("one", 63, List.of(source("web", 1, 1), sources.get(1)))))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("sources.web.share 0.7 instead of");
    CorpusManifest grown = PrepareJob.run(spark, settings("one", 63, sources)).manifest();
    assertThat(grown.parts()).hasSize(2);
    SourceShare wiki = grown.parts().get(1).sources().get(1);
    long all = grown.parts().get(1).train().tokens();
    assertThat((double) wiki.train().takenTokens() / all).isBetween(0.29, 0.31);
    assertThat(wiki.input().files()).isEqualTo(2);
  }

  @Test
  void copiesStayInTheSourceThatIsNamedFirst() throws IOException {
    List<String> shared = SampleDocuments.texts(300);
    write("wiki", "1.jsonl", texts("wiki", 200, new Random(2)));
    write("wiki", "2.jsonl", shared);
    write("web", "1.jsonl", texts("web", 200, new Random(1)));
    write("web", "2.jsonl", shared);
    PrepareSettings plain =
        settings("corpus", 63, List.of(source("wiki", 1, 1), source("web", 1, 1)));
    PrepareSettings curated =
        new PrepareSettings(
            new Input(
                List.of(),
                plain.input().format(),
                DocumentFields.REFINED_WEB,
                RejectionLimits.USUAL,
                plain.input().sources()),
            plain.tokenizer(),
            new Blocks(
                plain.blocks().context(),
                plain.blocks().validationFraction(),
                plain.blocks().shards(),
                plain.blocks().seed()),
            new CurationSettings(List.of(new ExactDuplicates()), CurationSettings.Dropped.COUNT),
            plain.corpus());
    List<SourceShare> shares = PrepareJob.run(spark, curated).manifest().parts().get(0).sources();
    assertThat(shares)
        .extracting(share -> share.train().documents() + share.validation().documents())
        .containsExactly(500L, 200L);
  }

  @Test
  void whatCannotBeMixedIsRefused() throws IOException {
    write("web", "1.jsonl", texts("web", 100, new Random(1)));
    write("wiki", "1.jsonl", List.of());
    List<MixedSource> empty = List.of(source("web", 1, 1), source("wiki", 1, 1));
    assertThatThrownBy(() -> PrepareJob.run(spark, settings("corpus", 63, empty)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("Source wiki has no documents to train on");
    assertThat(folder.resolve("corpus")).doesNotExist();
    MixedSource same = new MixedSource("other", 1, 1, empty.get(0).documents());
    assertThatThrownBy(
            () -> PrepareJob.run(spark, settings("corpus", 63, List.of(empty.get(0), same))))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("1.jsonl belongs to several sources");
    assertThatThrownBy(() -> settings("corpus", 63, List.of(same)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("1 sources cannot be mixed");
    assertThatThrownBy(() -> settings("corpus", 63, List.of(same, same)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("same name");
    assertThatThrownBy(() -> source("web", 0, 1)).hasMessageContaining("The weight 0.0 of source");
    assertThatThrownBy(() -> source("web", 1, 0)).hasMessageContaining("number of epochs 0");
  }
}
