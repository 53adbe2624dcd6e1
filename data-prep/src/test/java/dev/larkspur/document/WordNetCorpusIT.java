package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import dev.larkspur.storage.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetCorpusIT {
  private final SparkContext spark = LocalSpark.context();

  @TempDir private Path folder;

  @Test
  void writesTheSchemaOfRefinedWebOnce() throws IOException {
    Path out = folder.resolve("wordnet");
    WordNetCorpus.Result first = WordNetCorpus.write(spark, out.toString());
    assertThat(first).isEqualTo(new WordNetCorpus.Result(117_791, WordNetCorpus.Outcome.WRITTEN));
    Dataset<Row> rows = SparkSession.builder().getOrCreate().read().parquet(out.toString());
    assertThat(rows.schema().toDDL())
        .isEqualTo(
            "content STRING,url STRING,timestamp TIMESTAMP,dump STRING,segment STRING,"
                + "image_urls ARRAY<ARRAY<STRING>>");
    assertThat(rows.count()).isEqualTo(117_791);
    assertThat(rows.filter("url = 'wordnet:3.1/noun/11753781'").first().getString(0))
        .startsWith("larkspur (noun, plant): ");

    Path file = out.resolve(WordNetCorpus.FILE);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(WordNetCorpus.write(spark, out.toString()).outcome())
        .isEqualTo(WordNetCorpus.Outcome.ALREADY_DONE);
    try (var names = Files.list(out)) {
      assertThat(names).containsExactly(file);
    }

    Files.write(file, Arrays.copyOf(bytes, bytes.length / 3));
    assertThat(WordNetCorpus.write(spark, out.toString()).outcome())
        .isEqualTo(WordNetCorpus.Outcome.WRITTEN);
    assertThat(file).hasBinaryContent(bytes);
  }

  @Test
  void aFullDiskIsOneErrorAndARunWithRoomSucceeds() {
    spark.hadoopConfiguration().set("fs.faulty.impl", FaultyFileSystem.class.getName());
    String out = "faulty://" + folder.resolve("wordnet");
    FaultyFileSystem.room(1_000_000);
    assertThatThrownBy(() -> WordNetCorpus.write(spark, out))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("wordnet-3.1.parquet cannot be written: No space left on device")
        .hasMessageContaining("free 10 MB there");
    FaultyFileSystem.room(Long.MAX_VALUE);
    assertThat(WordNetCorpus.write(spark, out).outcome()).isEqualTo(WordNetCorpus.Outcome.WRITTEN);
  }

  @Test
  void refusesADirectoryOfOtherFiles() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> WordNetCorpus.write(spark, folder.toString()))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("notes.txt");
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve(WordNetCorpus.FILE), "something else");
    assertThatThrownBy(() -> WordNetCorpus.write(spark, other.toString()))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining(WordNetCorpus.FILE);
    assertThat(other.resolve(WordNetCorpus.FILE)).hasContent("something else");
  }
}
