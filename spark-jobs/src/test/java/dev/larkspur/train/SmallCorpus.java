package dev.larkspur.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.tokenizer.BpeTrainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;

/**
 * A corpus of some thousand WordNet glosses, and a model that learns something of it in seconds.
 */
public final class SmallCorpus {
  private static final String GLOSSES = "/net/sf/extjwnl/data/wordnet/wn31/data.noun";
  private static final int DOCUMENTS = 3000;
  private static final int VOCABULARY = 512;

  /** What {@link #prepare} writes, by relative path; empty before the first time. */
  private static final Map<Path, byte[]> files = new LinkedHashMap<>();

  private SmallCorpus() {}

  /** Embedded Spark with two slots. */
  public static SparkContext spark() {
    return SparkContext.getOrCreate(
        new SparkConf()
            .setAppName("tests")
            .setMaster("local[2]")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.sql.shuffle.partitions", "2")
            .set("spark.executor.heartbeatInterval", "100ms")
            .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s"));
  }

  /**
   * Writes its documents, tokenizer and {@code corpus} to a directory. They are prepared once in
   * this process.
   */
  public static synchronized void prepare(Path directory) throws IOException {
    if (files.isEmpty()) {
      Path first = Files.createTempDirectory("small-corpus");
      prepareFirst(first);
      try (Stream<Path> paths = Files.walk(first)) {
        for (Path path : paths.filter(Files::isRegularFile).toList()) {
          files.put(first.relativize(path), Files.readAllBytes(path));
        }
      }
      FileUtil.fullyDelete(first.toFile());
    }
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  private static void prepareFirst(Path directory) throws IOException {
    boolean running = SparkEnv.get() != null;
    SparkContext spark = spark();
    try {
      prepare(spark, directory);
    } finally {
      if (!running) {
        spark.stop();
      }
    }
  }

  private static void prepare(SparkContext spark, Path directory) throws IOException {
    String documents = directory.resolve("documents.jsonl").toString();
    String tokenizer = directory.resolve("tokenizer.json").toString();
    writeDocuments(Path.of(documents));
    BpeTrainer.train(
            spark, new DocumentSource(List.of(documents), DocumentFormat.JSONL), VOCABULARY)
        .write(tokenizer, spark.hadoopConfiguration());
    PrepareJob.run(
        spark,
        new PrepareSettings(
            Input.of(List.of(documents), DocumentFormat.JSONL),
            tokenizer,
            new Blocks(32, 0.05, 2, 1),
            directory.resolve("corpus").toString()));
  }

  private static void writeDocuments(Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    StringBuilder lines = new StringBuilder();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                SmallCorpus.class.getResourceAsStream(GLOSSES), StandardCharsets.UTF_8))) {
      int count = 0;
      for (String line = reader.readLine();
          line != null && count < DOCUMENTS;
          line = reader.readLine()) {
        int gloss = line.indexOf("| ");
        if (gloss > 0) {
          lines
              .append(json.writeValueAsString(Map.of("content", line.substring(gloss + 2).strip())))
              .append('\n');
          count++;
        }
      }
    }
    Files.writeString(file, lines);
  }

  /** Arguments of {@code train} for a small model on this corpus. */
  public static String[] arguments(Path directory, String run, String... more) {
    String[] common = {
      "run.dir=" + directory.resolve(run),
      "data.corpus=" + directory.resolve("corpus"),
      "model.hidden-dim=32",
      "model.layers=2",
      "model.query-heads=4",
      "model.kv-heads=2",
      "model.ffn.kind=low-rank",
      "model.ffn.rank=8",
      "training.precision=fp32",
      "training.workers=2",
      "training.global-batch=16",
      "training.micro-batch=4",
      "training.learning-rate=0.003",
      "training.steps=20",
      "training.validation-every=10",
      "training.log-every=1",
      "checkpoint.every=5",
      "checkpoint.keep=2",
    };
    String[] all = java.util.Arrays.copyOf(common, common.length + more.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return all;
  }

  /** The same as settings. */
  public static Settings settings(Path directory, String run, String... more) {
    SettingsLoader loader = new SettingsLoader();
    for (String assignment : arguments(directory, run, more)) {
      loader.set(assignment);
    }
    return loader.load(Purpose.TRAIN);
  }
}
