package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerInfoCommandTest {
  @Test
  void forPeople() {
    Outcome outcome = Outcome.of("tokenizer-info", "--tokenizer", "gpt2", "--text", "naïve お\n");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("tokenizer       gpt2: gpt2", "vocabulary      50,257, 2 bytes per id")
        .contains("end of text     50256", "special tokens  50256 <|endoftext|>")
        .contains("SHA-256         none: built in")
        .contains("5 tokens", "   38776  \"ïve\"", "   23294  \" \\xE3\\x81\"")
        .contains("     198  \"\\n\"");
  }

  @Test
  void forMachines() throws IOException {
    Outcome outcome =
        Outcome.of("tokenizer-info", "--tokenizer", "gpt2", "--json", "--text", "hello world");

    JsonNode info = new ObjectMapper().readTree(outcome.out());
    assertThat(info.path("kind").asText()).isEqualTo("gpt2");
    assertThat(info.path("vocabulary").asInt()).isEqualTo(50_257);
    assertThat(info.path("bytesPerId").asInt()).isEqualTo(2);
    assertThat(info.path("specialTokens").path("50256").asText()).isEqualTo("<|endoftext|>");
    assertThat(info.path("tokens").findValuesAsText("id")).containsExactly("31373", "995");
    assertThat(info.path("tokens").findValuesAsText("text")).containsExactly("hello", " world");
    assertThat(info.path("longest").path("text").asText()).hasSizeGreaterThan(60);
    assertThat(
            new ObjectMapper()
                .readTree(Outcome.of("tokenizer-info", "--tokenizer", "gpt2", "--json").out())
                .has("tokens"))
        .isFalse();
  }

  @Test
  void aFileThatIsNoTokenizerIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "just text");
    Outcome outcome = Outcome.of("tokenizer-info", "--tokenizer", file.toString());

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).startsWith("larkspur: The tokenizer notes.txt is neither");
  }
}
