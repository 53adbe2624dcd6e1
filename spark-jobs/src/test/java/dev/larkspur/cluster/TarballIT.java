package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tarball of the build does without a Spark of the user's. */
class TarballIT {
  @TempDir private static Path directory;
  @AutoClose private static Tarball tarball;

  @BeforeAll
  static void unpack() throws Exception {
    tarball = Tarball.unpack(directory);
    Files.createDirectories(directory.resolve("work"));
    SmallCorpus.prepare(directory);
  }

  private static Child start(Map<String, String> environment, Path launcher, String... arguments)
      throws IOException {
    return tarball.start(directory, environment, launcher, arguments);
  }

  private static String succeed(String... arguments) throws Exception {
    try (Child child = start(Map.of(), tarball.launcher(), arguments)) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      return child.output();
    }
  }

  @Test
  void theVersionNamesTheCommit() throws Exception {
    assertThat(succeed("--version")).matches("(?s)larkspur \\S+\\+([0-9a-f]{12}|unknown).*");
  }

  @Test
  void aLinkToTheLauncherWorks() throws Exception {
    Path link = directory.resolve("larkspur");
    Files.createSymbolicLink(link, tarball.launcher());

    try (Child child = start(Map.of(), link, "describe", "--conf", "conf/quickstart.conf")) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(child.output()).contains("parameters");
    }
  }

  @Test
  void itPreparesAndTrains() throws Exception {
    Path corpus = directory.resolve("work/corpus");
    Path run = directory.resolve("work/run");
    succeed(
        "prepare",
        "--documents",
        directory.resolve("documents.jsonl").toString(),
        "--tokenizer",
        directory.resolve("tokenizer.json").toString(),
        "--set",
        "data.context=32",
        "--set",
        "data.validation-fraction=0.05",
        "--set",
        "data.shards=2",
        "--corpus",
        corpus.toString());
    assertThat(corpus.resolve("manifest.json")).content().contains("\"writtenBy\" : \"larkspur ");
    succeed(
        "train",
        "--corpus",
        corpus.toString(),
        "--run",
        run.toString(),
        "--master",
        "local[1]",
        "--set",
        "model.layers=1",
        "--set",
        "model.hidden-dim=32",
        "--set",
        "model.query-heads=2",
        "--set",
        "training.steps=2",
        "--set",
        "training.global-batch=2",
        "--set",
        "training.micro-batch=2",
        "--set",
        "training.learning-rate=1e-3",
        "--set",
        "training.workers=1");
    assertThat(run.resolve("summary.json")).isNotEmptyFile();
  }

  @Test
  void anotherLineOfSparkIsRefused() throws Exception {
    Path spark = Files.createDirectories(directory.resolve("other spark"));
    Files.createDirectories(spark.resolve("bin"));
    Path jars = Files.createDirectories(spark.resolve("jars"));
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(jars.resolve("spark-core.jar")))) {
      jar.putNextEntry(new ZipEntry("spark-version-info.properties"));
      jar.write("version=3.4.1\n".getBytes(StandardCharsets.UTF_8));
    }
    Path submit = Files.writeString(spark.resolve("bin/spark-submit"), "#!/bin/sh\nexit 1\n");
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    Map<String, String> environment = Map.of("SPARK_HOME", spark.toString());

    try (Child child = start(environment, tarball.launcher(), "--version")) {
      assertThat(child.exitCode()).as(child.output()).isEqualTo(2);
      assertThat(child.output()).contains(", and this is Spark 3.4.1: set SPARK_HOME to a Spark ");
    }
  }

  @Test
  void itsFilesAreThere() throws IOException {
    for (String file :
        List.of(
            "LICENSE",
            "NOTICE",
            "README.md",
            "conf/reference.conf",
            "deploy/larkspur",
            "docs/clusters.md",
            "licences/larkspur.cdx.json",
            "licences/larkspur-dl4j.licences.txt")) {
      assertThat(tarball.home().resolve(file)).isNotEmptyFile();
    }
    assertThat(tarball.home().resolve("deploy/launcher/checkout.sh")).doesNotExist();
    try (Stream<Path> jars = Files.list(tarball.home().resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .containsExactlyInAnyOrder(
              BuiltJar.jar().getFileName().toString(),
              BuiltJar.dl4jJar().orElseThrow().getFileName().toString());
    }
  }
}
