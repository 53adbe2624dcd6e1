package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/larkspur} with a Java that only shows what it was given. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "deploy", "larkspur");

  @TempDir private Path home;

  @BeforeEach
  void install() throws IOException {
    Path target = Files.createDirectories(home.resolve("spark-jobs/target"));
    for (String built : List.of("larkspur.jar", "spark.classpath", "larkspur.arguments")) {
      Files.writeString(target.resolve(built), "");
    }
    Files.createDirectories(home.resolve("deploy"));
    Files.copy(LAUNCHER, home.resolve("deploy/larkspur"));
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
        [ "${LARKSPUR_STDOUT%%:*}" = $$ ] || exit 1
        echo "result in ${LC_ALL:-no} locale" >&"${LARKSPUR_STDOUT#*:}"
        """
            .formatted(version));
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private List<String> run(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", home.resolve("deploy/larkspur").toString());
    builder.environment().keySet().removeIf(name -> name.matches("LANG|LC_.*|SPARK_HOME"));
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
            "larkspur: this is Java 25, and Spark runs on Java 17 to 21: install one of these, or set"
                + " JAVA_HOME to one.");
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

  /** It builds without tests, where Maven makes no jars of tests. */
  @Test
  void itsBuildNeedsNoJarOfTests() throws IOException {
    for (String module : List.of("model-core/torch", "spark-jobs")) {
      String pom = Files.readString(Path.of("..", module, "pom.xml"));
      assertThat(pom).contains("<name>!maven.test.skip</name>", "<type>test-jar</type>");
      assertThat(pom.substring(0, pom.indexOf("<profiles>")))
          .as("dependencies of %s", module)
          .doesNotContain("<type>test-jar</type>");
    }
  }
}
