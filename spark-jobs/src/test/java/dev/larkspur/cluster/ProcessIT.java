package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled jar in a JVM of its own; RecoveryIT kills such JVMs while they train. */
class ProcessIT {
  @TempDir private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
  }

  /** What one JVM must not know of another: hash orders, timings, its number of threads. */
  @Test
  void anotherProcessPreparesTheSameBytes() throws Exception {
    String corpus = directory.resolve("corpus-again").toString();
    List<String> arguments = new ArrayList<>(List.of("prepare", "--master", "local[1]"));
    for (String assignment :
        List.of(
            "data.documents=" + directory.resolve("documents.jsonl"),
            "data.tokenizer=" + directory.resolve("tokenizer.json"),
            "data.context=32",
            "data.validation-fraction=0.05",
            "data.shards=2",
            "data.seed=1",
            "data.corpus=" + corpus)) {
      arguments.addAll(List.of("--set", assignment));
    }
    try (Child prepare =
        Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of())) {
      assertThat(prepare.exitCode()).as(prepare.output()).isZero();
    }
    for (String file : List.of("train-00000.parquet", "train-00001.parquet", "val-00000.parquet")) {
      assertThat(Path.of(corpus, file))
          .hasSameBinaryContentAs(directory.resolve("corpus").resolve(file));
    }
  }
}
