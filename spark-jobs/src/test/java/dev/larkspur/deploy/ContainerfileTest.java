package dev.larkspur.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code deploy/Containerfile}: what it copies is there, and others find it where it is put. */
class ContainerfileTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DEPLOY = ROOT.resolve("deploy");

  /** Its instructions, each on one line, without comments. */
  private static List<String> instructions() throws IOException {
    String text = Files.readString(DEPLOY.resolve("Containerfile"));
    return text.replaceAll("(?m)^#.*\n", "")
        .replaceAll("\\\\\n\\s*", "")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  private static List<String> of(String instruction) throws IOException {
    return instructions().stream()
        .filter(line -> line.startsWith(instruction + " "))
        .map(line -> line.substring(instruction.length() + 1))
        .toList();
  }

  @Test
  void copiesFilesThatAreThereAndMayBeRun() throws IOException {
    for (String copy : of("COPY")) {
      List<String> words = List.of(copy.split(" ", -1));
      for (String source : words.subList(1, words.size() - 1)) {
        if (source.equals("${JAR}")) {
          continue;
        }
        assertThat(ROOT.resolve(source)).isRegularFile();
        if (words.get(0).equals("--chmod=0755")) {
          assertThat(Files.readString(ROOT.resolve(source))).startsWith("#!");
        }
      }
    }
    assertThat(of("COPY")).hasSize(3);
    assertThat(of("ARG")).contains("VARIANT=cpu");
    assertThat(of("FROM"))
        .contains("${SPARK_IMAGE} AS cpu", "${SPARK_IMAGE} AS cuda", "${VARIANT}");
  }

  @Test
  void theJarIsOneOfTheBuild() throws IOException {
    assertThat(of("ARG")).contains("JAR=spark-jobs/target/larkspur-spark-4.1.jar");
    assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains("<spark.line>4.1</spark.line>");
  }

  @Test
  void theImageHasTheSparkOfTheBuild() throws IOException {
    Matcher built =
        Pattern.compile("<spark.version>(4[0-9.]+)</spark.version>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(built.find()).isTrue();
    assertThat(of("ARG"))
        .anyMatch(line -> line.startsWith("SPARK_IMAGE=apache/spark:" + built.group(1) + "-"));
    assertThat(Files.readString(DEPLOY.resolve("kubernetes/spark-application.yaml")))
        .contains("sparkVersion: " + built.group(1) + "\n");
  }

  @Test
  void runsAsTheUserOfThePods() throws IOException {
    assertThat(of("USER")).last().isEqualTo("185");
    for (String template : List.of("driver", "executor")) {
      assertThat(Files.readString(DEPLOY.resolve("kubernetes/" + template + "-template.yaml")))
          .contains("runAsUser: 185");
    }
  }

  @Test
  void manifestsAndSettingsNameFilesOfTheImage() throws IOException {
    String containerfile = Files.readString(DEPLOY.resolve("Containerfile"));
    List<String> named = new ArrayList<>();
    for (String folder : List.of("kubernetes", "schedule")) {
      try (Stream<Path> files = Files.list(DEPLOY.resolve(folder))) {
        for (Path file :
            files.filter(each -> each.toString().matches(".*\\.(yaml|properties)")).toList()) {
          Pattern.compile("/opt/larkspur/([a-z.-]+)")
              .matcher(Files.readString(file))
              .results()
              .map((MatchResult match) -> match.group(1))
              .forEach(named::add);
        }
      }
    }
    assertThat(named).contains("larkspur.jar", "natives", "gpu-discovery", "larkspur-scheduled");
    assertThat(named)
        .allSatisfy(
            name -> assertThat(containerfile).containsPattern("/" + Pattern.quote(name) + "\\b"));
  }
}
