package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetVariationsIT {
  private static final int MEGABYTES = 33;

  @TempDir private Path folder;

  @Test
  void writesAsMuchAsIsAskedForAndTheSameAgain() throws IOException {
    SparkContext spark = LocalSpark.context();
    Path one = folder.resolve("one");
    long documents = WordNetVariations.write(spark, one.toString(), MEGABYTES);
    long bytes = Files.size(one.resolve("part-00000.jsonl"));
    assertThat(bytes + Files.size(one.resolve("part-00001.jsonl")))
        .isBetween(MEGABYTES * 1_000_000L, MEGABYTES * 1_000_000L + 100_000);
    DocumentSource source = new DocumentSource(List.of(one.toString()), DocumentFormat.JSONL);
    Configuration conf = spark.hadoopConfiguration();
    Set<String> texts = new HashSet<>();
    for (DocumentPartition part : DocumentSet.list(source, conf).cut(Long.MAX_VALUE)) {
      try (DocumentStream stream = part.open(conf)) {
        stream.forEachRemaining(document -> texts.add(document.content()));
        assertThat(stream.rejected()).isEmpty();
      }
    }
    assertThat(texts).hasSize((int) documents);

    Path two = folder.resolve("two");
    WordNetVariations.write(spark, two.toString(), MEGABYTES);
    assertThat(WordNetVariations.write(spark, two.toString(), MEGABYTES)).isEqualTo(documents);
    assertThat(two.resolve("part-00000.jsonl"))
        .hasSameBinaryContentAs(one.resolve("part-00000.jsonl"));
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Files.writeString(folder.resolve("letter.txt"), "Dear reader");
    assertThatThrownBy(() -> WordNetVariations.write(LocalSpark.context(), folder.toString(), 1))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("holds letter.txt");
  }
}
