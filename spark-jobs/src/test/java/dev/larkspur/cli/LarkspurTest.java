package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.larkspur.report.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

class LarkspurTest {

  @Test
  void helpListsTheCommandsByGroup() {
    Outcome outcome = Outcome.of("--help");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .startsWith("Trains low-rank transformer language models on Apache Spark.")
        .contains("Usage: larkspur", "COMMAND")
        .containsPattern("Training:\\R  describe +Show the size and cost of a training:");
  }

  @Test
  void helpOfACommandShowsItsOptions() {
    assertThat(Outcome.of("describe", "--help").out())
        .contains("Usage: larkspur describe", "--conf=FILE", "--set=KEY=VALUE", "--verbose");
  }

  @Test
  void versionNamesLarkspurAndJava() {
    assertThat(Outcome.of("--version").out()).startsWith("larkspur ").contains("Java");
  }

  @Test
  void aWrongCommandGetsTheNearestOne() {
    Outcome outcome = Outcome.of("descibe");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .containsExactly(
            "larkspur: Unmatched argument at index 0: 'descibe'",
            "Did you mean: larkspur describe?",
            "larkspur --help shows what there is.");
  }

  @Test
  void aWrongWordBelowACommandGetsTheNearestThere() {
    assertThat(Outcome.of("corpus", "verfy").err())
        .contains("Did you mean: larkspur corpus verify?");
  }

  @Test
  void aWordLikeNoneGetsNoGuess() {
    assertThat(Outcome.of("photosynthesis").err().lines())
        .containsExactly(
            "larkspur: Unmatched argument at index 0: 'photosynthesis'",
            "larkspur --help shows what there is.");
  }

  @Test
  void aWrongOptionGetsTheNearestOne() {
    Outcome outcome = Outcome.of("describe", "--cnf", "a");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .containsExactly(
            "larkspur: Unknown options: '--cnf', 'a'",
            "Did you mean: --conf?",
            "larkspur describe --help shows what there is.");
  }

  @Test
  void withoutACommandItShowsHelp() {
    String help = Outcome.of("--help").out();

    assertThat(Outcome.of()).isEqualTo(new Outcome(0, help, ""));
    assertThat(Outcome.of("help")).isEqualTo(new Outcome(0, help, ""));
    assertThat(Outcome.of("corpus"))
        .isEqualTo(new Outcome(0, Outcome.of("corpus", "--help").out(), ""));
  }

  @Test
  void helpOfACommandIsThatOfItsOption() {
    assertThat(Outcome.of("help", "train"))
        .isEqualTo(new Outcome(0, Outcome.of("train", "--help").out(), ""));
    assertThat(Outcome.of("help", "trian").exitCode()).isEqualTo(2);
  }

  @Test
  void percentSignsOfHelpTextsAreValid() {
    assertThat(texts(Larkspur.commandLine()))
        .isNotEmpty()
        .allSatisfy(text -> assertThatCode(() -> String.format(text)).doesNotThrowAnyException());
    assertThat(Outcome.of("benchmark", "ffn", "--help").out())
        .contains("63 % and 32 % of the")
        .doesNotContain("%%");
  }

  private static List<String> texts(CommandLine command) {
    List<String> texts = new ArrayList<>();
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    texts.addAll(List.of(usage.header()));
    texts.addAll(List.of(usage.description()));
    texts.addAll(List.of(usage.footer()));
    for (OptionSpec option : command.getCommandSpec().options()) {
      texts.addAll(List.of(option.description()));
    }
    command.getSubcommands().values().forEach(sub -> texts.addAll(texts(sub)));
    return texts;
  }

  @Test
  void helpThatCannotBeWrittenIsAFailureWithoutAStackTrace() {
    StringWriter err = new StringWriter();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    int exitCode =
        Larkspur.commandLine()
            .setOut(StandardOutput.writer(full))
            .setErr(new PrintWriter(err))
            .execute("describe", "--help");

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "larkspur: cannot write to standard output (No space left on device): free disk space, or"
                + " redirect the output elsewhere");
  }

  @Test
  void aClosedPipeIsNotAnError() {
    StringWriter err = new StringWriter();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    int exitCode =
        Larkspur.commandLine()
            .setOut(StandardOutput.writer(closed))
            .setErr(new PrintWriter(err))
            .execute("describe", "--conf", "conf/quickstart.conf");

    assertThat(exitCode).isEqualTo(141);
    assertThat(err.toString()).doesNotContain("standard output", "\tat ");
  }

  @Test
  void wrongSettingsExitWithTheirListAndWithoutAStackTrace() {
    Outcome outcome = Outcome.of("describe", "--set", "model.layers=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("larkspur: 4 problems in the settings:")
        .contains("--set: model.layers = 0", "must be at least 1")
        .doesNotContain("\tat ");
  }

  @Test
  void aPathWithoutAFileSystemIsRefusedBeforeAnythingStarts() {
    Outcome outcome =
        Outcome.of(
            "train-tokenizer", "--set", "data.documents=a", "--set", "tokenizer.out=foo://x/y");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--set: tokenizer.out = \"foo://x/y\"")
        .contains("there is no file system for foo://")
        .contains("correct the path")
        .doesNotContain("\tat ");
  }

  @Test
  void verboseShowsTheStackTrace() {
    assertThat(Outcome.of("describe", "--verbose", "--set", "model.layers=0").err())
        .contains("\tat dev.larkspur.settings");
    assertThat(Outcome.of("--verbose", "describe", "--set", "model.layers=0").err())
        .contains("\tat dev.larkspur.settings");
  }
}
