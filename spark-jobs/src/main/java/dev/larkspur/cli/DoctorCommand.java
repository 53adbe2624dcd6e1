package dev.larkspur.cli;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.NvidiaSmi;
import dev.larkspur.launch.Version;
import dev.larkspur.report.EnginesText;
import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.package$;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the available engines and GPUs, without loading a native library. */
@Command(
    name = "doctor",
    header = "Show the available engines, and which GPUs of this machine each supports.",
    description = {
      "",
      "Example: larkspur doctor",
      "",
      "Loads no native library: the GPUs are those that nvidia-smi lists.",
      ""
    })
final class DoctorCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    List<Engine> engines = Engines.names().stream().map(Engines::named).toList();
    PrintWriter out = spec.commandLine().getOut();
    out.println(new Version().getVersion()[0]);
    out.println("spark " + package$.MODULE$.SPARK_VERSION());
    out.print(EnginesText.of(engines, new NvidiaSmi()));
    out.flush();
  }
}
