package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/gpu-benchmark} with programs that only act as Spark and NVIDIA's driver. */
class GpuBenchmarkTest {
  private static final Path SCRIPT = Path.of("..", "deploy", "gpu-benchmark");

  @TempDir private Path directory;

  @BeforeEach
  void install() throws IOException {
    Files.writeString(directory.resolve("larkspur.jar"), "");
    program(
        "spark/bin/spark-submit",
        """
        #!/bin/bash
        case " $* " in
          *" --version "*) echo "larkspur 1.0"; exit ;;
          *" doctor "*) printf 'native noise\\n{\\n  "cores" : 2\\n}\\n'; exit ;;
          *" benchmark ffn "*) echo "no \\"memory\\"" >&2; exit 3 ;;
        esac
        while [ $# -gt 0 ]; do
          [ "$1" != --report ] || report=$2
          shift
        done
        case $report in
          */${HANG:-none}) exec sleep 60 ;;
        esac
        mkdir -p "$report"
        echo '{"size": 1}' >"$report/step.json"
        echo "1,000 tokens/s"
        """);
  }

  private void program(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Two GPUs, as nvidia-smi lists them; once their memory, as long as it is asked for. */
  private void gpus() throws IOException {
    program(
        "bin/nvidia-smi",
        """
        #!/bin/bash
        case "$*" in
          *memory.used*) printf '100\\n 7000\\n300\\n'; exec sleep 60 ;;
        esac
        printf 'NVIDIA H200\\nNVIDIA H200\\n'
        """);
  }

  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("SPARK_HOME", directory.resolve("spark").toString());
    all.putIfAbsent("LARKSPUR_JAR", directory.resolve("larkspur.jar").toString());
    all.put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().putAll(all);
    return Outcome.of(builder, directory);
  }

  private String reports() {
    return directory.resolve("reports").toString();
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(directory.resolve("reports/report.json").toFile());
  }

  @Test
  void aFailedPartDoesNotEndTheOthers() throws Exception {
    Outcome outcome = run(Map.of(), "--cpu", reports());

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
    assertThat(report().path("version").asText()).isEqualTo("larkspur 1.0");
    JsonNode parts = report().path("parts");
    assertThat(parts.findValuesAsText("name")).containsExactly("doctor", "s", "ffn", "two-workers");
    assertThat(parts.findValuesAsText("status"))
        .containsExactly("ok", "ok", "failed with exit code 3", "ok");
    assertThat(parts.path(0).path("report").path("cores").asInt()).isEqualTo(2);
    assertThat(parts.path(1).path("report").path("size").asInt()).isEqualTo(1);
    assertThat(parts.path(2).path("report").isNull()).isTrue();
    assertThat(Files.readString(directory.resolve("reports/report.md")))
        .contains("| ffn | failed with exit code 3 |", "no \"memory\"", "1,000 tokens/s");
  }

  @Test
  void aPartThatHangsIsStoppedAndWhatFollowsHasNoTime() throws Exception {
    gpus();
    Outcome outcome = run(Map.of("HANG", "m"), "--seconds", "5", reports());

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
    assertThat(report().path("gpus")).hasSize(2);
    JsonNode parts = report().path("parts");
    assertThat(parts.findValuesAsText("name"))
        .containsExactly("doctor", "s", "ffn", "m", "l", "two-workers", "xl");
    List<String> statuses = parts.findValuesAsText("status");
    assertThat(statuses.get(3)).startsWith("stopped after ");
    assertThat(statuses.subList(4, 7)).containsOnly("no time left");
    assertThat(parts.path(3).path("peakGpuMebibytes").asInt()).isEqualTo(7000);
  }

  @Test
  void aDryRunPrintsTheCommandsAndWritesNothing() throws Exception {
    Outcome outcome = run(Map.of(), "--dry-run", reports());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines())
        .hasSize(7)
        .allSatisfy(line -> assertThat(line).startsWith("timeout ").contains("spark-submit"));
    assertThat(
            outcome.out().lines().mapToInt(line -> Integer.parseInt(line.split(" ", -1)[1])).sum())
        .isLessThanOrEqualTo(480);
    assertThat(outcome.out()).contains("conf/paper/xl-dense.conf", "--widths 5120 --tokens 30000");
    assertThat(directory.resolve("reports")).doesNotExist();
  }

  @Test
  void whatIsMissingIsNamedWithTheRemedy() throws Exception {
    program("bin/nvidia-smi", "#!/bin/bash\n");
    assertRefused(run(Map.of()), "name a directory");
    assertRefused(run(Map.of(), "--gpu", "a"), "unknown option --gpu");
    assertRefused(run(Map.of(), "--seconds=x", "a"), "whole number");
    assertRefused(run(Map.of("SPARK_HOME", ""), "--cpu", "a"), "LARKSPUR_JAR needs SPARK_HOME");
    assertRefused(run(Map.of("LARKSPUR_JAR", "/nowhere"), "a"), "not a file");
    assertRefused(run(Map.of(), reports()), "finds no GPU");
  }

  private static void assertRefused(Outcome outcome, String message) {
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("gpu-benchmark: ").contains(message);
  }
}
