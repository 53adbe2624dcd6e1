package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/larkspur} with a Java that only shows what it was given. */
class LauncherTest {
  private static final Path DEPLOY = Path.of("..", "deploy");

  private static final String SPARK_JARS = "/spark/spark-core_2.13-4.1.3.jar:/spark/other.jar";

  @TempDir private Path home;

  @BeforeEach
  void install() throws IOException {
    Path target = Files.createDirectories(home.resolve("spark-jobs/target"));
    Files.writeString(target.resolve("spark.classpath"), SPARK_JARS);
    Files.writeString(target.resolve("larkspur.arguments"), "");
    Path jar = Files.writeString(target.resolve("larkspur-spark-4.1.jar"), "");
    Path addOn = Files.createDirectories(home.resolve("spark-jobs/dl4j/target"));
    Files.writeString(addOn.resolve("larkspur-dl4j-spark-4.1.jar"), "");
    Files.writeString(home.resolve("pom.xml"), "");
    Files.createDirectories(home.resolve("conf/model"));
    Files.writeString(home.resolve("conf/reference.conf"), "");
    copyLauncher(home);
    for (Path old : List.of(jar, home.resolve("pom.xml"), home.resolve("conf/reference.conf"))) {
      Files.setLastModifiedTime(old, FileTime.fromMillis(0));
    }
    archive("classes");
  }

  private static void copyLauncher(Path home) throws IOException {
    Path parts = Files.createDirectories(home.resolve("deploy/launcher"));
    Files.copy(DEPLOY.resolve("larkspur"), home.resolve("deploy/larkspur"));
    try (Stream<Path> files = Files.list(DEPLOY.resolve("launcher"))) {
      for (Path part : files.toList()) {
        Files.copy(part, parts.resolve(part.getFileName()));
      }
    }
  }

  /** The archive of a Java that only tells its specification's version. */
  private Path archive(String content) throws IOException {
    Path target = home.resolve("spark-jobs/target");
    String classPath =
        "%s/larkspur-spark-4.1.jar:%s/spark-jobs/dl4j/target/larkspur-dl4j-spark-4.1.jar:%s\n"
            .formatted(target, home, SPARK_JARS);
    Files.writeString(target.resolve("larkspur-17.jsa.classpath"), classPath);
    return Files.writeString(target.resolve("larkspur-17.jsa"), content);
  }

  private void java(String version) throws IOException {
    Path java = Files.createDirectories(home.resolve("java/bin")).resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        case "$1" in
          -XshowSettings*) echo "    java.specification.version = %s" >&2; exit ;;
        esac
        echo "native noise"
        if [ -n "${SHOW_PRESETS-}" ]; then echo "presets in ${LARKSPUR_PRESETS-}"; fi
        if [ -n "${SHOW_OPTIONS-}" ]; then echo "options $*"; fi
        for option in "$@"; do
          case $option in -XX:ArchiveClassesAtExit=*) exit 1 ;; esac
        done
        while [ $# -gt 1 ]; do
          [ "$1" = -cp ] && [ -n "${SHOW_CLASS_PATH-}" ] && echo "class path $2"
          shift
        done
        [ "${LARKSPUR_STDOUT%%:*}" = $$ ] || exit 1
        echo "result in ${LC_ALL:-no} locale" >&"${LARKSPUR_STDOUT#*:}"
        """
            .formatted(version));
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private List<String> run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", home + "/deploy/larkspur"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("LANG|LC_.*|.*_HOME|HADOOP_.*|LARKSPUR_.*|.*JAVA_OPTIONS"));
    builder.environment().put("JAVA_HOME", home.resolve("java").toString());
    builder.environment().putAll(environment);
    Path out = home.resolve("out");
    Path err = home.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    List<String> all = new ArrayList<>(List.of(Integer.toString(process.waitFor())));
    all.addAll(Files.readAllLines(out));
    all.addAll(Files.readAllLines(err));
    return all;
  }

  @Test
  void aJavaThatSparkDoesNotRunOnIsRefused() throws Exception {
    java("25");

    assertThat(run(Map.of()))
        .containsExactly(
            "1",
            "larkspur: this is Java 25, and Spark runs on Java 17 to 21: install one of these, or"
                + " set JAVA_HOME to one.");
  }

  @Test
  void theLocaleIsOneThatCanNameFiles() throws Exception {
    java("17");

    assertThat(run(Map.of("LC_ALL", "C"))).contains("result in C.UTF-8 locale");
    assertThat(run(Map.of())).contains("result in C.UTF-8 locale");
    assertThat(run(Map.of("LANG", "C.UTF-8"))).contains("result in no locale");
  }

  @Test
  void whatNativesPrintIsNoResult() throws Exception {
    java("17");

    assertThat(run(Map.of("LANG", "C.UTF-8")))
        .containsExactly("0", "result in no locale", "native noise");
  }

  @Test
  void embeddedRunsHaveTheAddOnJar() throws Exception {
    java("17");

    assertThat(run(Map.of("SHOW_CLASS_PATH", "1")))
        .anyMatch(
            line ->
                line.startsWith("class path")
                    && line.contains(
                        "/spark-jobs/target/larkspur-spark-4.1.jar:"
                            + home
                            + "/spark-jobs/dl4j/target/larkspur-dl4j-spark-4.1.jar:"
                            + SPARK_JARS));
  }

  @Test
  void anEditedPresetIsReadWhereItIsAndNothingIsBuilt() throws Exception {
    java("17");
    Files.writeString(home.resolve("conf/model/m.conf"), "");

    assertThat(run(Map.of("SHOW_PRESETS", "1"))).contains("0", "presets in " + home + "/conf");
  }

  @Test
  void defaultsAreSourcesOfTheJar() throws Exception {
    java("17");
    Files.writeString(home.resolve("conf/reference.conf"), "new = 1");

    assertThat(run(Map.of()))
        .containsExactly(
            "1",
            "larkspur: this Java has no compiler: install a JDK 17 or 21, not only its runtime.");
  }

  @Test
  void aJarOfTheUsersNeedsNoBuild() throws Exception {
    java("17");
    Path own = Files.createDirectories(home.resolve("own jars"));
    Path jar = Files.writeString(own.resolve("larkspur-spark-3.5.jar"), "");
    Path addOn = Files.writeString(own.resolve("larkspur-dl4j-spark-3.5.jar"), "");
    Path spark = Files.createDirectories(home.resolve("spark jars"));
    Path first = Files.writeString(spark.resolve("a.jar"), "");
    Path second = Files.writeString(spark.resolve("b.jar"), "");
    Map<String, String> environment =
        Map.of(
            "LARKSPUR_JAR",
            jar.toString(),
            "LARKSPUR_SPARK_JARS",
            spark.toString(),
            "SHOW_CLASS_PATH",
            "1",
            "SHOW_OPTIONS",
            "1");

    assertThat(run(environment))
        .contains("class path %s:%s:%s:%s".formatted(jar, addOn, first, second))
        .noneMatch(line -> line.contains("-XX:SharedArchiveFile"));
    assertThat(run(Map.of("LARKSPUR_JAR", home + "/none.jar")))
        .containsExactly(
            "1", "larkspur: LARKSPUR_JAR is " + home + "/none.jar, and there is no such file.");
    assertThat(run(Map.of("LARKSPUR_JAR", "local:///opt/larkspur.jar")))
        .hasSize(2)
        .last()
        .asString()
        .contains("must be a file of this host", "--application local:///opt/larkspur.jar");
  }

  @Test
  void aCommandStartsFromTheArchiveOfClasses() throws Exception {
    java("17");
    String option = " -XX:SharedArchiveFile=" + archive("classes") + " ";

    assertThat(run(Map.of("SHOW_OPTIONS", "1"), "train"))
        .anyMatch(line -> line.contains(option))
        .noneMatch(line -> line.contains("-XX:TieredStopAtLevel"));
  }

  @Test
  void withoutAnArchiveACommandTriesOnceToMakeIt() throws Exception {
    java("17");
    Path archive = archive("");
    Files.delete(archive);

    assertThat(run(Map.of("SHOW_OPTIONS", "1"), "train"))
        .startsWith("0")
        .contains("larkspur: making an archive of classes for faster starts, once ...")
        .noneMatch(line -> line.contains("-XX:SharedArchiveFile"));
    assertThat(archive).isEmptyFile();
    assertThat(run(Map.of("SHOW_OPTIONS", "1"), "train"))
        .startsWith("0")
        .noneMatch(line -> line.contains("archive"))
        .noneMatch(line -> line.contains("-XX:SharedArchiveFile"));
  }

  @Test
  void shortCommandsCompileLittleAndKeepTheCallersCollector() throws Exception {
    java("17");

    assertThat(run(Map.of("SHOW_OPTIONS", "1"), "train", "--help"))
        .anyMatch(line -> line.contains(" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "));
    Map<String, String> own =
        Map.of("SHOW_OPTIONS", "1", "LARKSPUR_JAVA_ARGS", "-XX:+UseParallelGC");
    assertThat(run(own, "describe"))
        .anyMatch(line -> line.contains(" -XX:TieredStopAtLevel=1 "))
        .noneMatch(line -> line.contains("-XX:+UseSerialGC"));
  }

  @Test
  void aJdkNamesItsVersionWithoutBeingStarted() throws Exception {
    java("17");
    Files.writeString(
        home.resolve("java/release"),
        """
        IMPLEMENTOR="Somebody"
        JAVA_RUNTIME_VERSION="25.0.1+8-LTS"
        JAVA_VERSION="25.0.1"
        """);

    assertThat(run(Map.of()))
        .containsExactly(
            "1",
            "larkspur: this is Java 25, and Spark runs on Java 17 to 21: install one of these, or"
                + " set JAVA_HOME to one.");
  }

  @Test
  void withSparkHomeTheLauncherBecomesTheCommandThatJavaMakes() throws Exception {
    java("17");

    assertThat(submitted("train", "--conf", "a b.conf"))
        .contains(
            "7",
            "submitted submit train --conf a b.conf",
            "class path %s:%s:%s"
                .formatted(
                    home.resolve("spark-jobs/target/larkspur-spark-4.1.jar"),
                    home.resolve("spark-jobs/dl4j/target/larkspur-dl4j-spark-4.1.jar"),
                    home.resolve("spark/jars/*")));
    assertThat(submitted("submit", "--queue", "q", "train"))
        .contains("submitted submit --queue q train");
    assertThat(submitted("--help")).contains("submitted submit help");
  }

  /** A Java that hands over a command which shows what Java was given, and ends with 7. */
  private List<String> submitted(String... arguments) throws Exception {
    Path java = home.resolve("java/bin/java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        case "$1" in
          -XshowSettings*) echo "    java.specification.version = 17" >&2; exit ;;
        esac
        while [ "$1" != dev.larkspur.cli.Larkspur ]; do
          [ "$1" = -cp ] && echo "class path $2" >&2
          shift
        done
        shift
        printf '%s\\0' sh -c 'echo "submitted $0" >&2; exit 7' "$*" >"$LARKSPUR_EXEC"
        """);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(home.resolve("spark/jars"));
    Path submit = Files.createDirectories(home.resolve("spark/bin")).resolve("spark-submit");
    Files.writeString(submit, "");
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    return run(Map.of("SPARK_HOME", home.resolve("spark").toString()), arguments);
  }

  /** It builds without tests, where Maven makes no jars of tests. */
  @Test
  void itsBuildNeedsNoJarOfTests() throws IOException {
    for (String module :
        List.of("model-core/torch", "model-core/dl4j", "spark-jobs/dl4j", "spark-jobs")) {
      String pom = Files.readString(Path.of("..", module, "pom.xml"));
      assertThat(pom).contains("<name>!maven.test.skip</name>", "<type>test-jar</type>");
      assertThat(pom.substring(0, pom.indexOf("<profiles>")))
          .as("dependencies of %s", module)
          .doesNotContain("<type>test-jar</type>");
    }
  }
}
