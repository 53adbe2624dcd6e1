package dev.larkspur.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Options of earlier versions, which are refused with a message that names their replacement. */
final class FormerOptions {
  private static final List<Former> ALL =
      List.of(
          new Former(SampleCorpusCommand.class, "--out", "--documents"),
          new Former(ExportCommand.class, "--out", "--model"),
          new Former(ImportCommand.class, "--from", "--model"),
          new Former(BenchmarkFfnCommand.class, "--out", "--report"),
          new Former(BenchmarkModelCommand.class, "--out", "--report"),
          new Former(BenchmarkDecodeCommand.class, "--out", "--report"),
          new Former(BenchmarkCheckpointCommand.class, "--out", "--run"),
          new Former(TokenizerInfoCommand.class, "TOKENIZER", "--tokenizer"));

  private FormerOptions() {}

  /** Adds the former options of a command. Help and completion do not show them. */
  static void addTo(CommandLine command) {
    Object user = command.getCommandSpec().userObject();
    ALL.stream()
        .filter(former -> former.command().isInstance(user))
        .forEach(former -> command.getCommandSpec().add(former.spec(command)));
  }

  private record Former(Class<?> command, String name, String successor) {

    private ArgSpec spec(CommandLine commandLine) {
      ISetter refusal = new Refusal(commandLine, this);
      return name.startsWith("-")
          ? OptionSpec.builder(name).hidden(true).type(String.class).setter(refusal).build()
          : PositionalParamSpec.builder()
              .paramLabel(name)
              .hidden(true)
              .arity("0..1")
              .type(String.class)
              .setter(refusal)
              .build();
    }
  }

  private record Refusal(CommandLine command, Former former) implements ISetter {
    @Override
    public <T> T set(T value) {
      // picocli sets null before it parses.
      if (value != null) {
        throw new ParameterException(
            command,
            "%s is now %s: give %s %s"
                .formatted(former.name(), former.successor(), former.successor(), value));
      }
      return null;
    }
  }
}
