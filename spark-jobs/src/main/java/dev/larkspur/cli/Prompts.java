package dev.larkspur.cli;

import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.QualifiedPath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The texts to continue. */
final class Prompts {
  /** What some editors begin a file of UTF-8 with. */
  private static final String BYTE_ORDER_MARK = "\ufeff";

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = {"Text to continue; without any, a new document begins.", "May be repeated."})
  private List<String> texts = new ArrayList<>();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "Texts to continue, one a line, UTF-8, on any file system.")
  private String file;

  /**
   * In the order given.
   *
   * @throws ParameterException if the file cannot be read or has no line, or both options are given
   */
  List<String> read(Configuration hadoop, CommandSpec spec) {
    if (file == null) {
      return texts.isEmpty() ? List.of("") : List.copyOf(texts);
    }
    if (!texts.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--prompt and --prompts are both given: give one of the two");
    }
    List<String> lines;
    try {
      lines = lines(QualifiedPath.given(file), hadoop);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--prompts is %s, which cannot be read (%s): name a text file"
              .formatted(file, e.getMessage()),
          e);
    }
    if (lines.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--prompts is " + file + ", which is empty: give a prompt a line");
    }
    return lines;
  }

  private static List<String> lines(Path path, Configuration hadoop) throws IOException {
    // A decoder, unlike a charset, does not take broken bytes for some character.
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                PrivateBuffers.fileSystem(path, hadoop).open(path),
                StandardCharsets.UTF_8.newDecoder()))) {
      List<String> lines = new ArrayList<>(reader.lines().toList());
      if (!lines.isEmpty() && lines.get(0).startsWith(BYTE_ORDER_MARK)) {
        lines.set(0, lines.get(0).substring(BYTE_ORDER_MARK.length()));
      }
      return lines;
    } catch (MalformedInputException | UncheckedIOException e) {
      if (e instanceof MalformedInputException || e.getCause() instanceof MalformedInputException) {
        throw new IOException("it is not UTF-8", e);
      }
      throw e;
    }
  }
}
