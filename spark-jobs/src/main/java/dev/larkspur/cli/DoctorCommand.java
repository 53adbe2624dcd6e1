package dev.larkspur.cli;

import dev.larkspur.doctor.Advice;
import dev.larkspur.doctor.DoctorReport;
import dev.larkspur.doctor.DoctorReportText;
import dev.larkspur.doctor.FileRates;
import dev.larkspur.doctor.MachineFacts;
import dev.larkspur.doctor.MachineRates;
import dev.larkspur.doctor.Rate;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.NvidiaSmi;
import dev.larkspur.launch.Version;
import dev.larkspur.report.Console;
import dev.larkspur.report.EnginesText;
import dev.larkspur.report.JsonReport;
import dev.larkspur.run.JarVersion;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.package$;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what the machine is, measures how fast it is, and says what is wrong. */
@Command(
    name = "doctor",
    header = "Show engines, GPUs and the speed of this machine, and what is wrong with it.",
    description = {
      "",
      "Shows the engines, the GPUs that nvidia-smi lists and whether each engine supports them, and"
          + " the processor. Measures the memory, matrix products, the all-reduce of two workers on"
          + " loopback and the temporary directory, and names what is wrong, with the remedy. The"
          + " exit code is 0 also if something is wrong.",
      "",
      "Example: larkspur doctor --storage s3a://bucket/runs",
      "",
      "With --seconds=0, it measures nothing and loads no native library.",
      ""
    })
final class DoctorCommand implements Runnable {
  private static final String MEASURED_ENGINE = "torch";

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Measure each rate for this time (default: ${DEFAULT-VALUE}); 0: measure nothing.")
  private double seconds = 0.5;

  @Option(
      names = "--storage",
      paramLabel = "URI",
      description =
          "Also write, read and delete 32 MiB in this directory, on any file system that Spark"
              + " reads.")
  private String storage;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw refusal("--seconds is " + seconds + ": give a finite number of at least 0");
    }
    if (seconds == 0 && storage != null) {
      throw refusal("--storage is measured: give --seconds above 0, or leave --storage out");
    }
    List<Engine> engines = Engines.names().stream().map(Engines::named).toList();
    NvidiaSmi nvidiaSmi = new NvidiaSmi();
    MachineFacts facts = MachineFacts.of(engines, nvidiaSmi);
    List<Rate> rates = seconds == 0 ? List.of() : rates(facts);
    DoctorReport report =
        new DoctorReport(versions(engines), facts, rates, Advice.of(facts, rates));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonReport.of(report));
    } else {
      out.println(new Version().getVersion()[0]);
      out.println("spark " + package$.MODULE$.SPARK_VERSION());
      out.print(EnginesText.of(engines, nvidiaSmi));
      out.print(DoctorReportText.of(report));
    }
    out.flush();
  }

  private List<Rate> rates(MachineFacts facts) {
    Console console = Console.standard();
    List<Rate> rates =
        new ArrayList<>(
            MachineRates.measure(Engines.named(MEASURED_ENGINE), facts, seconds, console::status));
    if (storage != null) {
      console.status("measuring " + storage);
      rates.addAll(
          FileRates.ofStorage(storage, SparkHadoopUtil.get().newConfiguration(new SparkConf())));
    }
    console.clearStatus();
    return rates;
  }

  private static SortedMap<String, String> versions(List<Engine> engines) {
    SortedMap<String, String> versions = new TreeMap<>();
    engines.forEach(engine -> versions.put(engine.name(), engine.version()));
    versions.put("larkspur", JarVersion.number());
    versions.put("java", Runtime.version().toString());
    versions.put("spark", package$.MODULE$.SPARK_VERSION());
    return versions;
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
