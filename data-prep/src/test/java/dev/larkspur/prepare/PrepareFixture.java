package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;

/** Real documents, and corpora made of them in one folder. */
final class PrepareFixture {
  static final int DOCUMENTS = 4000;

  private final Path folder;
  private final List<String> texts;
  private final Path input;
  private SparkContext spark;

  PrepareFixture(Path folder) throws IOException {
    this.folder = folder;
    spark = LocalSpark.context();
    texts = SampleDocuments.texts(DOCUMENTS);
    input = SampleDocuments.jsonLines(folder.resolve("documents.jsonl"), texts);
  }

  SparkContext spark() {
    return spark;
  }

  /** Continues with a Spark of another master. */
  void use(String master) {
    spark = LocalSpark.context(master);
  }

  Configuration conf() {
    return spark.hadoopConfiguration();
  }

  /** The documents of {@link #input}, in their order. */
  List<String> texts() {
    return texts;
  }

  Path input() {
    return input;
  }

  Path lines(String name, List<String> documents) throws IOException {
    return SampleDocuments.jsonLines(folder.resolve(name), documents);
  }

  PrepareSettings settings(Path documents, String corpus) {
    return new PrepareSettings(
        Input.of(List.of(documents.toString()), DocumentFormat.AUTO),
        "gpt2",
        new Blocks(63, 0.1, 5, 17),
        corpus);
  }

  CorpusManifest prepare(Path documents, String name) {
    PrepareResult result =
        PrepareJob.run(spark, settings(documents, folder.resolve(name).toString()));
    assertThat(result.outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
    return result.manifest();
  }

  /** Name to content of all files but the manifest. */
  Map<String, byte[]> shards(String name) throws IOException {
    Map<String, byte[]> shards = new TreeMap<>();
    try (var files = Files.list(folder.resolve(name))) {
      for (Path file : files.toList()) {
        shards.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    shards.remove("manifest.json");
    return shards;
  }

  void assertSameShards(String one, String other) throws IOException {
    Map<String, byte[]> expected = shards(one);
    assertThat(shards(other)).as(other).hasSameSizeAs(expected);
    shards(other)
        .forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
  }
}
