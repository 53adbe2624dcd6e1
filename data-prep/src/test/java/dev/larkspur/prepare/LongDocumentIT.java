package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that go through the shuffle in pieces. */
class LongDocumentIT {
  @TempDir private Path folder;
  private SparkContext spark;
  private Tokenizer tokenizer;
  private String book;

  @BeforeEach
  void writeDocuments() throws IOException {
    spark = LocalSpark.context();
    tokenizer = TokenizerSource.read("gpt2", spark.hadoopConfiguration()).tokenizer();
    book = String.join("\n", SampleDocuments.texts(22_000));
    for (String name : List.of("a", "b")) {
      List<String> texts = new ArrayList<>(SampleDocuments.texts(200));
      texts.add(100, book);
      texts.add(name + book);
      Files.createDirectories(folder.resolve(name));
      SampleDocuments.jsonLines(folder.resolve(name).resolve("documents.jsonl"), texts);
    }
  }

  private PrepareSettings settings(String corpus) {
    return new PrepareSettings(
        Input.of(
            List.of(folder.resolve("a").toString(), folder.resolve("b").toString()),
            DocumentFormat.JSONL),
        "gpt2",
        new Blocks(7, 0.01, 1, 17),
        folder.resolve(corpus).toString());
  }

  private static PrepareSettings mixed(PrepareSettings plain, List<MixedSource> sources) {
    return new PrepareSettings(
        new Input(
            List.of(),
            plain.input().format(),
            plain.input().fields(),
            plain.input().limits(),
            sources),
        plain.tokenizer(),
        plain.blocks(),
        plain.curation(),
        plain.corpus());
  }

  private MixedSource source(String name, double weight) {
    return new MixedSource(
        name,
        weight,
        2,
        new DocumentSource(List.of(folder.resolve(name).toString()), DocumentFormat.JSONL));
  }

  private long tokens(String text) {
    return tokenizer.encode(text).length + 1L;
  }

  @Test
  void theyAreWholeInTheCorpus() throws IOException {
    assertThat(book.length()).isGreaterThan(2 << 20);
    CorpusManifest manifest = PrepareJob.run(spark, settings("corpus")).manifest();
    long tokens = 2 * tokens(book) + tokens("a" + book) + tokens("b" + book);
    for (String text : SampleDocuments.texts(200)) {
      tokens += 2 * tokens(text);
    }
    assertThat(manifest.train().documents() + manifest.validation().documents()).isEqualTo(404);
    assertThat(manifest.train().tokens() + manifest.validation().tokens()).isEqualTo(tokens);
    List<Integer> ids = new ArrayList<>();
    for (var row :
        SparkSession.builder()
            .getOrCreate()
            .read()
            .parquet(folder.resolve("corpus/train-00000.parquet").toString())
            .coalesce(1)
            .sortWithinPartitions("block")
            .collectAsList()) {
      byte[] block = (byte[]) row.get(1);
      for (int i = 0; i < block.length; i += 2) {
        ids.add((block[i] & 0xff) | (block[i + 1] & 0xff) << 8);
      }
    }
    String all = tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray());
    assertThat(all.split("<\\|endoftext\\|>", -1))
        .filteredOn(text -> text.length() > 1_000_000)
        .containsExactlyInAnyOrder(book, book, "a" + book, "b" + book);
  }

  @Test
  void theyCanBeMixed() throws IOException {
    CorpusManifest manifest =
        PrepareJob.run(spark, mixed(settings("corpus"), List.of(source("a", 1), source("b", 1))))
            .manifest();
    for (SourceShare share : manifest.parts().get(0).sources()) {
      long all = share.train().tokens() + share.validation().tokens();
      assertThat(all).isGreaterThan(2 * tokens(book));
      assertThat(share.train().documents() + share.validation().documents()).isEqualTo(202);
    }
  }
}
