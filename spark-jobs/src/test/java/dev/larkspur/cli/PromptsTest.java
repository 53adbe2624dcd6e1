package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.cli.GenerateCommand.Prompts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

class PromptsTest {
  @TempDir private Path directory;

  @Test
  void aByteOrderMarkAndCarriageReturnsAreNoPartOfAPrompt() throws IOException {
    assertThat(read("\ufeffStory 7.\r\nStory 8.\r\n".getBytes(StandardCharsets.UTF_8)))
        .containsExactly("Story 7.", "Story 8.");
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    assertThatThrownBy(() -> read(new byte[] {'a', (byte) 0xc0, (byte) 0x80, '\n'}))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("prompts.txt, which cannot be read (it is not UTF-8)");
  }

  private List<String> read(byte[] file) throws IOException {
    Path path = Files.write(directory.resolve("prompts.txt"), file);
    Prompts prompts = new Prompts();
    CommandLine command = new CommandLine(CommandSpec.forAnnotatedObject(prompts));
    command.parseArgs("--prompts", path.toString());
    return prompts.read(new Configuration(), command.getCommandSpec());
  }
}
