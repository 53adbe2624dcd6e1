package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.VerifyJob;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareResult;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.storage.Lease.LeasePurpose;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import dev.larkspur.train.driver.TrainingJob;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.util.functional.FutureIO;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents, corpora and runs on {@code s3a://}. */
class ObjectStoreIT {
  private static final Duration AWAY = Duration.ofSeconds(20);

  @TempDir private static Path directory;
  private static ObjectStore store;

  @BeforeAll
  static void start() throws Exception {
    store = new ObjectStore(directory);
    SmallCorpus.prepare(directory);
    // Through the protocol: the server keeps an object's etag beside the file.
    try (FileSystem files =
        FileSystem.newInstance(URI.create(store.uri("")), store.configuration(store.port()))) {
      for (String input : List.of("documents.jsonl", "tokenizer.json")) {
        files.copyFromLocalFile(
            new org.apache.hadoop.fs.Path(directory.resolve(input).toString()),
            new org.apache.hadoop.fs.Path(store.uri(input)));
      }
    }
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static List<String> arguments(String command, String... assignments) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command, "--master", "local[2]"));
    for (String assignment : assignments) {
      arguments.addAll(List.of("--set", assignment));
    }
    store
        .settings()
        .forEach(
            (key, value) ->
                arguments.addAll(List.of("--set", "spark.\"hadoop." + key + "\"=" + value)));
    return arguments;
  }

  private static Child start(List<String> arguments) throws Exception {
    return Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), store.environment());
  }

  private static String[] prepare(String documents, String corpus) {
    return new String[] {
      "data.documents=" + documents,
      "data.format=jsonl",
      "data.tokenizer=" + store.uri("tokenizer.json"),
      "data.context=32",
      "data.validation-fraction=0.05",
      "data.shards=2",
      "data.seed=1",
      "data.corpus=" + store.uri(corpus),
    };
  }

  private static void assertSameShards(String corpus) throws Exception {
    for (String shard :
        List.of("train-00000.parquet", "train-00001.parquet", "val-00000.parquet")) {
      assertThat(store.bucket().resolve(corpus).resolve(shard))
          .hasSameBinaryContentAs(directory.resolve("corpus").resolve(shard));
    }
  }

  @Test
  void fromDocumentsToAnEvaluatedModelWithoutASecretLeftAnywhere() throws Exception {
    StringBuilder said = new StringBuilder();
    String[] prepare = prepare(store.uri("documents.jsonl"), "corpus");
    for (int expected : new int[] {0, 3}) {
      try (Child child = start(arguments("prepare", prepare))) {
        assertThat(child.exitCode()).as(child.output()).isEqualTo(expected);
        said.append(child.output());
      }
    }
    assertSameShards("corpus");
    assertThat(store.keys("corpus"))
        .containsExactly(
            "manifest.json",
            "tokenizer.json",
            "train-00000.parquet",
            "train-00001.parquet",
            "val-00000.parquet");
    assertThat(Files.readString(store.bucket().resolve("corpus/manifest.json")))
        .contains("\"version\" : \"etag ");

    List<String> train = arguments("train", SmallCorpus.arguments(directory, "run"));
    // The later one of two assignments wins.
    train.addAll(List.of("--set", "run.dir=" + store.uri("run")));
    train.addAll(List.of("--set", "data.corpus=" + store.uri("corpus")));
    try (Child child = start(train)) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      said.append(child.output());
    }
    assertThat(store.keys("run"))
        .contains("summary.json", "checkpoints/step-00000020-attempt-1/manifest.json");
    List<String> evaluate = arguments("evaluate");
    evaluate.addAll(List.of("--run", store.uri("run")));
    try (Child child = start(evaluate)) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(child.output()).contains("validation perplexity");
      said.append(child.output());
    }

    assertThat(said).doesNotContain(ObjectStore.SECRET);
    for (String key : store.keys("")) {
      if (!key.endsWith(".parquet") && !key.contains(".safetensors")) {
        assertThat(Files.readString(store.bucket().resolve(key)))
            .as(key)
            .doesNotContain(ObjectStore.SECRET);
      }
    }
  }

  @Test
  void aStoreThatIsAwayForAWhileDelaysATrainingAndChangesNothing() throws Exception {
    String[] longer = {
      "training.steps=100",
      "training.global-batch=64",
      "training.micro-batch=32",
      "training.max-restarts=20",
      "training.restart-delay=1s",
      "checkpoint.every=10",
      "spark.executor.heartbeatInterval=100ms",
    };
    List<String> train = arguments("train", SmallCorpus.arguments(directory, "away", longer));
    train.addAll(List.of("--set", "run.dir=" + store.uri("away")));
    try (Child child = start(train)) {
      child.await("  step [2-9]\\d/100 ");
      store.stop();
      long stopped = System.nanoTime();
      child.await("restart 1 of 20");
      // What is promised is a time, so that this one sleep is no way of waiting for something.
      TimeUnit.NANOSECONDS.sleep(AWAY.toNanos() - (System.nanoTime() - stopped));
      store.start();
      assertThat(child.exitCode()).as(child.output()).isZero();
    }
    SparkContext spark = SmallCorpus.spark();
    try {
      TrainingJob.run(spark, SmallCorpus.settings(directory, "near", longer), progress -> {});
    } finally {
      spark.stop();
    }
    assertThat(RunFiles.tensors(store.bucket().resolve("away"), 100))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("near"), 100));
  }

  private static PrepareSettings settings(Path documents, String corpus) {
    return new PrepareSettings(
        Input.of(List.of(documents.toString()), DocumentFormat.JSONL),
        directory.resolve("tokenizer.json").toString(),
        new Blocks(32, 0.05, 2, 1),
        store.uri(corpus));
  }

  /** Spark in this JVM whose file system for s3a goes through a port. */
  private static SparkContext spark(int port) {
    SparkContext spark = SmallCorpus.spark();
    Configuration shared = spark.hadoopConfiguration();
    store.configuration(port).forEach(entry -> shared.set(entry.getKey(), entry.getValue()));
    // Each test has its own way to the store.
    shared.setBoolean("fs.s3a.impl.disable.cache", true);
    return spark;
  }

  @Test
  void throttlingAndDroppedConnectionsAreRiddenOut() throws Exception {
    try (FlakyProxy proxy = new FlakyProxy(store.port(), 7)) {
      SparkContext spark = spark(proxy.port());
      try {
        PrepareResult result =
            PrepareJob.run(spark, settings(directory.resolve("documents.jsonl"), "flaky"));
        assertThat(result.outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
        assertThat(VerifyJob.run(spark, store.uri("flaky")).problems()).isEmpty();
      } finally {
        spark.stop();
      }
      assertThat(proxy.throttled()).isGreaterThan(3);
      assertThat(proxy.dropped()).isGreaterThan(3);
    }
    assertSameShards("flaky");
  }

  @Test
  void aLostAnswerIsNotTakenForAnotherWriter() throws Exception {
    try (FlakyProxy proxy = new FlakyProxy(store.port(), Integer.MAX_VALUE)) {
      RunDirectory run = new RunDirectory(store.uri("unanswered-run"), uncached(proxy.port()));
      proxy.loseAnswerTo("unanswered-run/train-000001.lease");
      run.lease(new LeasePurpose("train", "training of"), Duration.ofSeconds(10), () -> {}).close();
      assertThat(proxy.hasLostAnswer()).isTrue();
      proxy.loseAnswerTo("unanswered-run/attempts/00000001.json");
      assertThat(new AttemptLog(run).begin("application")).isEqualTo(1);
      assertThat(proxy.hasLostAnswer()).isTrue();

      SparkContext spark = spark(proxy.port());
      try {
        proxy.loseAnswerTo("PUT /larkspur/unanswered/manifest.json");
        PrepareResult result =
            PrepareJob.run(spark, settings(directory.resolve("documents.jsonl"), "unanswered"));
        assertThat(result.outcome()).isEqualTo(PrepareResult.Outcome.PREPARED);
        assertThat(proxy.hasLostAnswer()).isTrue();
      } finally {
        spark.stop();
      }
    }
    assertSameShards("unanswered");
  }

  @Test
  void aSmallFileAndALookForOneAreOneRequestEach() throws Exception {
    try (FlakyProxy proxy = new FlakyProxy(store.port(), Integer.MAX_VALUE)) {
      RunDirectory run = new RunDirectory(store.uri("counted-run"), uncached(proxy.port()));
      run.write("config.conf", "a = 1");
      int before = proxy.requests();
      run.write("checkpoints/step-00000001-attempt-1/manifest.json", "{}");
      assertThat(proxy.requests() - before).isEqualTo(1);
      assertThat(run.hasFile("stop")).isFalse();
      assertThat(run.hasFile("config.conf")).isTrue();
      assertThat(proxy.requests() - before).isEqualTo(3);
    }
  }

  @Test
  void uploadsThatAKilledTrainingHasLeftAreEnded() throws Exception {
    Configuration conf = uncached(store.port());
    FileSystem files = FileSystem.get(URI.create(store.uri("")), conf);
    for (String upload :
        List.of(
            "runs/leak/checkpoints/model.safetensors",
            "runs/leak/corpus/train-00000.parquet",
            "runs/leak-of-another/checkpoints/model.safetensors")) {
      org.apache.hadoop.fs.Path tensors = new org.apache.hadoop.fs.Path(store.uri(upload));
      try (MultipartUploader uploader =
          files.createMultipartUploader(tensors.getParent()).build()) {
        FutureIO.awaitFuture(uploader.startUpload(tensors));
      }
    }
    assertThat(uploads(files, "runs/")).isEqualTo(3);
    new RunDirectory(store.uri("runs/leak"), conf).abortUploads();
    assertThat(uploads(files, "runs/leak/checkpoints/")).isZero();
    assertThat(uploads(files, "runs/leak/corpus/")).isEqualTo(1);
    assertThat(uploads(files, "runs/")).isEqualTo(2);
    new RunDirectory(store.uri("runs/leak-of-another"), conf).abortUploads();
    assertThat(uploads(files, "runs/")).isEqualTo(1);
  }

  /** Another test's file system goes through another port. */
  private static Configuration uncached(int port) {
    Configuration conf = store.configuration(port);
    conf.set("fs.s3a.impl.disable.cache", "true");
    return conf;
  }

  @Test
  void aNightAddsAPartAndUploadsOfAKilledRunAreEnded() throws Exception {
    SparkContext spark = spark(store.port());
    try {
      Configuration conf = spark.hadoopConfiguration();
      Path night = Files.createDirectories(directory.resolve("nights"));
      Files.copy(directory.resolve("documents.jsonl"), night.resolve("one.jsonl"));
      CorpusManifest first = PrepareJob.run(spark, settings(night, "nights")).manifest();
      org.apache.hadoop.fs.Path shard =
          new org.apache.hadoop.fs.Path(store.uri("nights/train-000002-00000.parquet"));
      FileSystem files = FileSystem.get(URI.create(store.uri("")), conf);
      assertThat(uploads(files, "nights/")).isZero();
      try (MultipartUploader uploader = files.createMultipartUploader(shard.getParent()).build()) {
        FutureIO.awaitFuture(uploader.startUpload(shard));
      }
      assertThat(uploads(files, "nights/")).isEqualTo(1);
      // Other bytes: the same file would not be taken again.
      Files.writeString(
          night.resolve("two.jsonl"), " " + Files.readString(night.resolve("one.jsonl")));
      CorpusManifest second = PrepareJob.run(spark, settings(night, "nights")).manifest();
      assertThat(second.parts()).hasSize(2).startsWith(first.parts().get(0));
      assertThat(uploads(files, "nights/")).isZero();
      assertThat(store.keys("nights"))
          .containsExactly(
              "manifest-000002.json",
              "manifest.json",
              "tokenizer.json",
              "train-00000.parquet",
              "train-000002-00000.parquet",
              "train-000002-00001.parquet",
              "train-00001.parquet",
              "val-00000.parquet",
              "val-000002-00000.parquet");
      Corpus asOf = Corpus.openAsOf(store.uri("nights"), first.fingerprint(), conf);
      assertThat(asOf.manifest()).isEqualTo(first);
      assertThat(Corpus.open(store.uri("nights"), 1, conf).manifest()).isEqualTo(first);
    } finally {
      spark.stop();
    }
  }

  private static int uploads(FileSystem files, String prefix) throws IOException {
    RemoteIterator<?> uploads = ((S3AFileSystem) files).listUploads(prefix);
    int count = 0;
    while (uploads.hasNext()) {
      uploads.next();
      count++;
    }
    return count;
  }

  @Test
  void ofTwoRunsAtOnceOneIsRefused() throws Exception {
    try (Child one =
            start(arguments("prepare", prepare(store.uri("documents.jsonl"), "contested")));
        Child other =
            start(arguments("prepare", prepare(store.uri("documents.jsonl"), "contested")))) {
      List<Integer> codes = List.of(one.exitCode(), other.exitCode());
      // The second may come when the first has ended: then there is nothing to do.
      assertThat(codes).as(one.output() + other.output()).contains(0).containsAnyOf(75, 3);
    }
    assertSameShards("contested");
  }

  @Test
  void wrongCredentialsAreOneErrorWithoutThem() throws Exception {
    List<String> arguments = arguments("corpus");
    arguments.addAll(1, List.of("verify"));
    arguments.addAll(List.of("--corpus", store.uri("corpus")));
    Map<String, String> wrong =
        Map.of("AWS_ACCESS_KEY_ID", "larkspur-tests", "AWS_SECRET_ACCESS_KEY", "not-the-secret");
    try (Child child = Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), wrong)) {
      assertThat(child.exitCode()).as(child.output()).isEqualTo(2);
      assertThat(child.output())
          .contains("larkspur: Cannot verify")
          .doesNotContain("not-the-secret")
          .doesNotContain("\tat ");
    }
  }
}
