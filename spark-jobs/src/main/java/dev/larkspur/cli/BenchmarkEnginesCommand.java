package dev.larkspur.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** The former name of {@link BenchmarkStepCommand}, which is refused. */
@Command(name = "engines", hidden = true, header = "Now benchmark step.")
final class BenchmarkEnginesCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "benchmark engines is now benchmark step: give larkspur benchmark step --precisions fp32 "
            + String.join(" ", arguments));
  }
}
