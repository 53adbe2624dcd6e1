package dev.larkspur.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in a real bash. */
class CompletionCommandTest {
  @TempDir private Path directory;
  private Path script;

  @BeforeEach
  void write() throws IOException {
    script = directory.resolve("completion.bash");
    Outcome outcome = Outcome.of("completion");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Files.writeString(script, outcome.out());
  }

  @Test
  void commandsAreCompleted() throws Exception {
    assertThat(complete("larkspur", "tra")).containsExactlyInAnyOrder("train", "train-tokenizer");
    assertThat(complete("larkspur", "corpus", "ver")).containsExactly("verify");
  }

  @Test
  void optionsAreCompletedButNotFormerOnes() throws Exception {
    assertThat(complete("larkspur", "train", "--cor")).containsExactly("--corpus");
    assertThat(complete("larkspur", "export", "--")).contains("--model").doesNotContain("--out");
  }

  private List<String> complete(String... words) throws Exception {
    String typed = String.join(" ", words);
    String program =
        """
        compopt() { :; }  # bash has it only while it completes
        source "$0"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _complete_larkspur
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    List<String> command =
        new ArrayList<>(List.of("bash", "--norc", "-c", program, script.toString()));
    command.addAll(List.of(words));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> replies = new String(bash.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(bash.waitFor()).as("%s: %s", typed, replies).isZero();
    return replies;
  }
}
