package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tarball of the build, unpacked in a folder with a space in its name that nobody may write to,
 * by a user with an empty home and without Maven.
 */
class TarballIT {
  private static final String TARBALL = System.getProperty("larkspur.tarball", "");
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwxr-xr-x");

  @TempDir private static Path directory;
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    assumeThat(TARBALL).as("a build that assembles no tarball").isNotEmpty();
    Path place = Files.createDirectories(directory.resolve("read only"));
    Process tar =
        new ProcessBuilder("tar", "-xzf", TARBALL, "-C", place.toString()).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    try (Stream<Path> unpacked = Files.list(place)) {
      List<Path> folders = unpacked.toList();
      assertThat(folders).hasSize(1);
      home = folders.get(0);
    }
    assertThat(home.getFileName()).asString().isEqualTo(nameOfTarball());
    for (String folder : List.of("user", "bin", "work")) {
      Files.createDirectories(directory.resolve(folder));
    }
    linkPrograms(directory.resolve("bin"));
    allow(place, READ_ONLY);
    SparkContext spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
  }

  @AfterAll
  static void letItBeDeleted() throws IOException {
    if (home != null) {
      allow(home.getParent(), OWNERS);
    }
  }

  private static String nameOfTarball() {
    return Path.of(TARBALL).getFileName().toString().replace(".tar.gz", "");
  }

  /** A path without Maven. */
  private static void linkPrograms(Path bin) throws IOException {
    for (String name :
        List.of(
            "bash",
            "cat",
            "chmod",
            "cp",
            "dirname",
            "grep",
            "head",
            "locale",
            "mktemp",
            "mv",
            "readlink",
            "rm",
            "sed",
            "stty")) {
      for (String folder : List.of("/bin", "/usr/bin")) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program) && !Files.exists(bin.resolve(name))) {
          Files.createSymbolicLink(bin.resolve(name), program);
        }
      }
    }
  }

  private static void allow(Path tree, Set<PosixFilePermission> folders) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(folder, folders);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Child start(Map<String, String> environment, Path launcher, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "HOME=" + directory.resolve("user"),
                "PATH=" + directory.resolve("bin"),
                "JAVA_HOME=" + System.getProperty("java.home"),
                // Root may write everywhere.
                "LARKSPUR_ARCHIVE=0"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of(directory.resolve("bin/bash").toString(), launcher.toString()));
    command.addAll(List.of(arguments));
    return Child.start(command, Map.of());
  }

  private static String succeed(String... arguments) throws Exception {
    try (Child child = start(Map.of(), home.resolve("bin/larkspur"), arguments)) {
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
    Files.createSymbolicLink(link, home.resolve("bin/larkspur"));

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
    Files.setPosixFilePermissions(submit, OWNERS);
    Map<String, String> environment = Map.of("SPARK_HOME", spark.toString());

    try (Child child = start(environment, home.resolve("bin/larkspur"), "--version")) {
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
      assertThat(home.resolve(file)).isNotEmptyFile();
    }
    assertThat(home.resolve("deploy/launcher/checkout.sh")).doesNotExist();
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .containsExactlyInAnyOrder(
              BuiltJar.jar().getFileName().toString(),
              BuiltJar.dl4jJar().orElseThrow().getFileName().toString());
    }
  }
}
