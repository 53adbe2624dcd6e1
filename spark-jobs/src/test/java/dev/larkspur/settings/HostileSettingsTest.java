package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that are made, or happen, to break their reader. */
class HostileSettingsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "data",
        "data.fields",
        "data.curation",
        "data.curation.c4",
        "tokenizer",
        "model",
        "model.ffn",
        "training",
        "training.exchange",
        "training.self-guided",
        "checkpoint",
        "scaling",
        "spark"
      })
  void aGroupThatIsNullIsOneProblem(String group) {
    SettingsProblem problem = onlyProblem(group + " = null");

    assertThat(problem.key()).isEqualTo(group);
    assertThat(problem.where()).isEqualTo("hostile.conf:1");
    assertThat(problem.message()).endsWith("is a group of settings, not a setting");
  }

  @Test
  void aGroupThatWasNullHasNoDefaults() {
    assertThat(onlyProblem("training = null\ntraining.steps = 1"))
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("training");
              assertThat(problem.message()).contains("hides its defaults");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.documents = [a, null]",
        "training.betas = [null, 0.9]",
        "scaling.seeds = [1, null]",
        "spark.jars = [a, null]",
        "spark.x = [[a]]",
        "data.sources = [null, null]",
        "scaling.sizes = [null, { name = null }]"
      })
  void aNullInAListIsRefused(String line) {
    assertThat(refusal(line).problems())
        .allSatisfy(problem -> assertThat(line).startsWith(problem.key().replaceAll("\\[.*", "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\".\"", "\"/\"", "\"\\u0000\"", "file(\"\")", "file(\"..\")"})
  void anIncludeOfNoFileIsRefused(String included) throws IOException {
    SettingsException refusal = refusalOfFile("include " + included);

    assertThat(refusal.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.key()).startsWith("include \""));
    assertThat(refusal.getMessage()).doesNotContain("\u0000");
  }

  @Test
  void nothingIsFetchedFromTheNetwork() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "url(\"http://127.0.0.1:%d/x.conf\")".formatted(server.getLocalPort());
      for (String include : new String[] {"include " + url, "include required(" + url + ")"}) {
        assertThat(refusalOfFile(include).problems())
            .singleElement()
            .satisfies(problem -> assertThat(problem.message()).startsWith("is an address"));
      }
      SettingsLoader assigned = new SettingsLoader().set("model={include " + url + "}");
      assertThat(catchThrowableOfType(SettingsException.class, () -> assigned.load(Purpose.SAMPLE)))
          .hasMessageContaining("is an address");

      server.setSoTimeout(1);
      assertThat(catchThrowableOfType(SocketTimeoutException.class, server::accept)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"secret.conf\"",
        "include file(\"DIRECTORY/secret.conf\")",
        "include \"DIRECTORY/secret.conf\"",
        "include url(\"file:DIRECTORY/secret.conf\")",
        "include classpath(\"nothing.conf\")",
        "run.name = ${PATH}"
      })
  void settingsOfARunReadNothingElse(String line) throws IOException {
    Files.writeString(directory.resolve("secret.conf"), "run.name = secret");
    SettingsLoader loader =
        new SettingsLoader()
            .run(
                directory.resolve("config.conf").toString(),
                line.replace("DIRECTORY", directory.toString()));

    assertThat(catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.SAMPLE)))
        .isNotNull();
  }

  @Test
  void ofARunsSparkPropertiesOnlySizesAreTaken() {
    Settings settings =
        new SettingsLoader()
            .run(
                "config.conf",
                """
                spark.executor.memory = 4g
                spark.task.cpus = 2
                spark.jars = "http://127.0.0.1:1/a.jar"
                spark.plugins = a.B
                spark.hadoop.fs.s3a.endpoint = "http://127.0.0.1:1"
                """)
            .load(Purpose.SAMPLE);

    assertThat(settings.spark())
        .containsOnlyKeys("spark.executor.memory", "spark.task.cpus")
        .containsEntry("spark.executor.memory", "4g");
  }

  @Test
  void bracketsMayBeNestedButNotWithoutEnd() {
    assertThat(onlyProblem("\nmodel.layers = " + "[".repeat(5000) + "]".repeat(5000)))
        .satisfies(
            problem -> {
              assertThat(problem.where()).isEqualTo("hostile.conf:2");
              assertThat(problem.message()).isEqualTo("brackets are nested more than 100 deep");
            });
    assertThat(onlyProblem("run.name = \"" + "[{".repeat(500) + "\"\nmodel.layers = []").key())
        .isEqualTo("model.layers");
    assertThat(onlyProblem("# " + "[".repeat(500) + "\nmodel.layers = []").key())
        .isEqualTo("model.layers");
    assertThat(refusal("a.".repeat(20_000) + "a = 1").problems()).hasSize(1);
  }

  @Test
  void substitutionsThatStandForGigabytesAreRefused() {
    StringBuilder text = new StringBuilder("a = [0123456789]\n");
    String last = "a";
    for (int i = 0; i < 12; i++) {
      text.append("a%d = %s%n".formatted(i, "${%s}".formatted(last).repeat(10)));
      last = "a" + i;
    }

    assertThat(onlyProblem(text.toString()).message())
        .isEqualTo("its substitutions stand for more than 4,000,000 characters");
    assertThat(refusal("training = { steps = 1 }\na = ${training}").problems())
        .extracting(SettingsProblem::key)
        .containsExactly("a");
  }

  @Test
  void numbersThatNoArithmeticHoldsAreRefused() {
    String widths = "model { hidden-dim = 2147483647, layers = 2147483647, query-heads = 1 }";

    assertThat(refusal(widths).problems())
        .extracting(SettingsProblem::message)
        .containsExactly("must be at most 1048576", "must be at most 10000");
    for (String number : new String[] {"1e39", "1e999", "1e-60"}) {
      assertThat(onlyProblem("training.learning-rate = " + number).message())
          .isEqualTo("does not fit a 32-bit float, from 1.4e-45 to 3.4e38");
    }
    assertThat(onlyProblem("training.steps = " + "9".repeat(100_000)))
        .satisfies(
            problem -> {
              assertThat(problem.message()).isEqualTo("needs a whole number");
              assertThat(problem.value()).hasSizeLessThan(300);
            });
  }

  @Test
  void aLengthOfTimeNeedsAUnit() {
    assertThat(onlyProblem("training.restart-delay = 10").message())
        .startsWith("needs a length of time with a unit");
    assertThat(onlyProblem("training.slots-wait = 400d").message())
        .isEqualTo("must be at most 365d");
    assertThat(new SettingsLoader().set("training.restart-delay=0").load(Purpose.SAMPLE))
        .isNotNull();
  }

  @Test
  void aNameOfAMegabyteIsNoSlip() {
    SettingsProblem problem = onlyProblem("x".repeat(1_000_000) + " = 1");

    assertThat(problem.remedy()).isEqualTo("conf/reference.conf lists every setting");
    assertThat(problem.key()).hasSizeLessThan(300);
  }

  @Test
  void ofManyProblemsTheFirstAreShown() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append("wrong").append(i).append(" = 1\n");
    }

    assertThat(refusal(text.toString()).getMessage())
        .startsWith("1000 problems in the settings:")
        .endsWith("\n  … and 950 more");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path latin = directory.resolve("latin.conf");
    Files.write(latin, "run.name = café".getBytes(StandardCharsets.ISO_8859_1));
    SettingsLoader loader = new SettingsLoader().file(latin.toString());

    assertThat(catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.SAMPLE)))
        .hasMessageContaining("cannot be read: java.io.IOException: it is not UTF-8");
  }

  private SettingsException refusalOfFile(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("hostile.conf"), text);
    SettingsLoader loader = new SettingsLoader().file(file.toString());
    return catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.SAMPLE));
  }

  private static SettingsProblem onlyProblem(String text) {
    SettingsException refusal = refusal(text);
    assertThat(refusal.problems()).as(refusal.getMessage()).hasSize(1);
    return refusal.problems().get(0);
  }

  private static SettingsException refusal(String text) {
    SettingsLoader loader = new SettingsLoader().text("hostile.conf", text);
    return catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.SAMPLE));
  }
}
