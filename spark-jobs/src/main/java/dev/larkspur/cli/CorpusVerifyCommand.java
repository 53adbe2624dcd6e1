package dev.larkspur.cli;

import dev.larkspur.corpus.VerifyJob;
import dev.larkspur.corpus.VerifyJob.VerifyResult;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.report.Console;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.settings.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Hashes a corpus again. */
@Command(
    name = "verify",
    header = "Read every file of a corpus and compare its SHA-256 with the manifest.",
    description = {
      "",
      "Names every file that is missing or damaged; exits 1 if there is one.",
      "",
      "Example: larkspur corpus verify --corpus runs/corpus",
      ""
    })
final class CorpusVerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CorpusOptions corpusOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public Integer call() {
    Settings settings = corpusOptions.settings();
    AtomicInteger exitCode = new AtomicInteger();
    sparkOptions.run(
        settings,
        "larkspur corpus verify",
        session -> {
          VerifyResult result;
          try (JobDisplay jobs = JobDisplay.of(session, Console.standard())) {
            result = VerifyJob.run(session, corpusOptions.dir());
          }
          PrintWriter out = spec.commandLine().getOut();
          result.problems().forEach(out::println);
          result.cutManifests().forEach(cut -> out.println(cut + " is cut off and does not count"));
          out.println(
              "%,d files of %,d bytes: %s"
                  .formatted(
                      result.files(),
                      result.bytes(),
                      result.problems().isEmpty()
                          ? "all as the manifest says"
                          : "%,d problems".formatted(result.problems().size())));
          out.flush();
          if (!result.problems().isEmpty()) {
            exitCode.set(ExitCode.FAILURE);
          }
        });
    return exitCode.get();
  }
}
