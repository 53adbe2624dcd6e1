package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.storage.FaultyFileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands that write data say when the disk is full, and that a run with room ends. */
class FullDiskIT {
  @TempDir private Path directory;

  @BeforeEach
  void writeDocuments() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      lines.append("{\"content\": \"alpha and %d more words of document %d\"}\n".formatted(i, i));
    }
    Files.writeString(directory.resolve("documents.jsonl"), lines);
  }

  private Outcome run(String words, String... settings) {
    List<String> arguments = new ArrayList<>(List.of(words.split(" ", -1)));
    arguments.addAll(List.of("--master", "local[2]"));
    arguments.addAll(List.of("--set", "data.documents=" + directory.resolve("documents.jsonl")));
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return Outcome.of(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "sample-corpus --documents %s/sample, sample/wordnet-3.1.parquet",
    "train-tokenizer --set tokenizer.vocabulary=270 --tokenizer %s/full.json, full.json",
    "prepare --set data.context=16 --set data.shards=2 --tokenizer gpt2"
        + " --corpus %s/corpus, corpus/train-00001.parquet",
    "prepare --set data.context=16 --set data.shards=2 --tokenizer gpt2"
        + " --corpus %s/corpus, corpus/manifest.json",
  })
  void isOneMessageWithFileAndRemedy(String template, String fullAt) {
    String words = template.formatted(directory);
    Outcome full =
        run(
            words,
            "spark.\"hadoop.fs.file.impl\"=" + FaultyFileSystem.class.getName(),
            "spark.\"hadoop.fs.file.impl.disable.cache\"=true",
            "spark.hadoop.test.disk.full-at=" + fullAt);
    assertThat(full.exitCode()).isNotZero();
    assertThat(full.err())
        .startsWith("larkspur: ")
        .contains(fullAt)
        .contains("No space left on device")
        .containsPattern("free .* there|have free space")
        .doesNotContain("\tat ");
    assertThat(full.err().strip().lines()).hasSize(1);

    Outcome repaired = run(words);
    assertThat(repaired.exitCode()).as(repaired.err()).isZero();
    assertThat(directory.resolve(fullAt)).exists();
  }
}
