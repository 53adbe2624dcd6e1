package dev.larkspur.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.cli.Outcome;
import dev.larkspur.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code deploy/schedule} by the programs that read it, where this machine has them. */
class ScheduleTest {
  private static final Path SCHEDULE =
      Path.of("..", "deploy", "schedule").toAbsolutePath().normalize();
  private static final String INSTALLED = "/opt/larkspur/bin/larkspur";

  @TempDir private Path directory;

  /** A program that only counts its calls and exits with the next of these codes. */
  private Path larkspur(String codes) throws IOException {
    Path calls = directory.resolve("calls");
    Path program = directory.resolve("larkspur");
    Files.writeString(
        program,
        """
        #!/bin/bash
        echo "$*" >>'%s'
        codes=(%s)
        exit ${codes[$(wc -l <'%s') - 1]}
        """
            .formatted(calls, codes, calls));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(directory.resolve("calls"));
  }

  private Outcome run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return Outcome.of(builder, directory);
  }

  /** Skips a test on machines that lack a program. */
  private void assumeProgram(String name) throws Exception {
    assumeTrue(
        run(Map.of(), "bash", "-c", "command -v " + name).exitCode() == 0,
        "there is no " + name + " on this machine");
  }

  private static String scheduled() {
    return SCHEDULE.resolve("larkspur-scheduled").toString();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "3, 0, 1",
    "2, 2, 1",
    "1, 1, 1",
    "143, 143, 1",
    "75 75 0, 0, 3",
    "75 3, 0, 2",
    "75 1, 1, 2",
    "75 75 75 75, 75, 3"
  })
  void schedulersThatKnowSuccessOnlyGetIt(String codes, int expected, int times) throws Exception {
    Outcome outcome =
        run(
            Map.of("LARKSPUR_TRIES", "3", "LARKSPUR_TRY_INTERVAL", "0"),
            "bash",
            scheduled(),
            larkspur(codes).toString(),
            "prepare",
            "--conf",
            "a b.conf");

    assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(expected);
    assertThat(calls()).hasSize(times).containsOnly("prepare --conf a b.conf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalReachesTheCommand(String signal) throws Exception {
    Path program = directory.resolve("larkspur");
    Files.writeString(
        program,
        """
        #!/bin/bash
        trap 'echo ended >>"$1"; kill $!; exit 143' TERM
        sleep 60 &
        echo started >"$1"
        kill -%s $PPID
        wait
        exit 1
        """
            .formatted(signal));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Path said = directory.resolve("said");

    // A build in the background starts with SIGINT ignored, and a shell cannot change that.
    String[] env = {"env", "--default-signal=" + signal};
    assumeTrue(run(Map.of(), env[0], env[1], "true").exitCode() == 0, "env sets no signals");
    Outcome outcome =
        run(Map.of(), env[0], env[1], "bash", scheduled(), program.toString(), said.toString());

    assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(143);
    assertThat(Files.readAllLines(said)).containsExactly("started", "ended");
  }

  @Test
  void wrongNumbersOfTriesAreRefused() throws Exception {
    Outcome outcome = run(Map.of("LARKSPUR_TRIES", "many"), "bash", scheduled(), "true");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).contains("LARKSPUR_TRIES");
    assertThat(run(Map.of(), "bash", scheduled()).exitCode()).isEqualTo(2);
  }

  @Test
  void systemdReadsTheUnits() throws Exception {
    assumeProgram("systemd-analyze");
    String service = Files.readString(SCHEDULE.resolve("larkspur-prepare.service"));
    Path unit = directory.resolve("larkspur-prepare.service");
    // systemd looks whether the program is there.
    Files.writeString(unit, service.replace(INSTALLED, "/bin/true"));
    Path timer = directory.resolve("larkspur-prepare.timer");
    Files.copy(SCHEDULE.resolve("larkspur-prepare.timer"), timer);

    Outcome outcome =
        run(Map.of(), "systemd-analyze", "verify", "--man=no", unit.toString(), timer.toString());

    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    Files.writeString(unit, service.replace("RestartSec=", "RestartSeconds="));
    assertThat(run(Map.of(), "systemd-analyze", "verify", "--man=no", unit.toString()).out())
        .contains("RestartSeconds");
  }

  @Test
  void systemdRepeatsWhatIsTemporaryOnly() throws Exception {
    assertThat(codes("SuccessExitStatus"))
        .contains(ExitCode.NOTHING_TO_DO)
        .doesNotContain(ExitCode.TRY_AGAIN, ExitCode.FAILURE, ExitCode.BAD_INPUT);
    assertThat(codes("RestartPreventExitStatus"))
        .contains(ExitCode.FAILURE, ExitCode.BAD_INPUT)
        .doesNotContain(ExitCode.TRY_AGAIN);
  }

  /** The exit codes that a line of the service lists. */
  private static List<Integer> codes(String key) throws IOException {
    return Files.readAllLines(SCHEDULE.resolve("larkspur-prepare.service")).stream()
        .filter(line -> line.startsWith(key + "="))
        .flatMap(line -> Arrays.stream(line.substring(key.length() + 1).split(" ", -1)))
        .map(Integer::valueOf)
        .toList();
  }

  @Test
  void cronMailsFailuresOnly() throws Exception {
    String line =
        Files.readAllLines(SCHEDULE.resolve("crontab")).stream()
            .filter(each -> each.matches("[0-9*].*"))
            .findFirst()
            .orElseThrow();
    assertThat(line).matches("[0-9*]+ [0-9*]+ [0-9*]+ [0-9*]+ [0-9*]+ larkspur /opt/.*");
    // Cron ends a command at this sign.
    assertThat(line).doesNotContain("%");
    String command =
        line.replaceFirst("^(\\S+ ){6}", "")
            .replace("/opt/larkspur/deploy/schedule", SCHEDULE.toString())
            .replace("/var/log/larkspur", directory.toString());

    String nothingToDo = command.replace(INSTALLED, larkspur("3 2").toString());
    assertThat(run(Map.of(), "bash", "-c", nothingToDo).out()).isEmpty();
    Files.writeString(directory.resolve("prepare.log"), "what is wrong\n");
    assertThat(run(Map.of(), "bash", "-c", nothingToDo).out()).isEqualTo("what is wrong\n");
    assertThat(calls())
        .containsExactly(
            "prepare --conf /etc/larkspur/prepare.conf",
            "prepare --conf /etc/larkspur/prepare.conf");
  }

  @ParameterizedTest
  @CsvSource({
    "0, success",
    "3, AirflowSkipException",
    "2, AirflowFailException",
    "1, AirflowFailException",
    "75, AirflowException"
  })
  void airflowGetsTheStateThatFitsTheExitCode(int code, String state) throws Exception {
    assumeProgram("python3");
    Path airflow = Files.createDirectories(directory.resolve("stand-ins/airflow"));
    Files.writeString(
        airflow.resolve("__init__.py"),
        """
        class DAG:
            def __init__(self, **kwargs):
                assert kwargs["dag_id"] and kwargs["schedule"]
            def __enter__(self):
                return self
            def __exit__(self, *failure):
                pass
        """);
    Files.writeString(
        airflow.resolve("exceptions.py"),
        """
        class AirflowException(Exception): pass
        class AirflowFailException(AirflowException): pass
        class AirflowSkipException(AirflowException): pass
        """);
    Files.writeString(
        airflow.resolve("models.py"),
        """
        import logging
        class BaseOperator:
            def __init__(self, *, task_id):
                self.log = logging.getLogger(task_id)
            def __rshift__(self, other):
                self.next = other
        """);
    Files.writeString(
        directory.resolve("run.py"),
        """
        import sys
        import larkspur_prepare as dag
        assert dag.prepare.next is dag.verify
        dag.prepare.larkspur = sys.argv[1]
        dag.prepare.arguments = dag.prepare.arguments[:1]
        try:
            dag.prepare.execute({})
            print("success")
        except Exception as e:
            print(type(e).__name__)
        """);
    Map<String, String> environment = new HashMap<>();
    environment.put("PYTHONPATH", directory.resolve("stand-ins") + ":" + SCHEDULE);
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    List<String> command =
        new ArrayList<>(List.of("python3", directory.resolve("run.py").toString()));
    command.add(larkspur(Integer.toString(code)).toString());

    Outcome outcome = run(environment, command.toArray(String[]::new));

    assertThat(outcome.out()).isEqualTo(state + "\n");
    assertThat(calls()).containsExactly("prepare");
  }
}
