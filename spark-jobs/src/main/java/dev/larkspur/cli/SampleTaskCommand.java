package dev.larkspur.cli;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.evaluate.task.WordNetTask;
import dev.larkspur.report.Console;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.QualifiedPath;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a task of WordNet's definitions. */
@Command(
    name = "sample-task",
    header = "Write a task for evaluate: definitions of WordNet, each with four words.",
    description = {
      "",
      "Takes the definitions from the validation split of a corpus of sample-corpus's documents, so"
          + " that no model of that corpus has been trained on them. The same corpus gives the same"
          + " task.",
      "",
      "Example: larkspur sample-task --corpus runs/corpus --task runs/wordnet.jsonl",
      ""
    })
final class SampleTaskCommand implements Runnable {
  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the corpus.")
  private String corpus;

  @Option(
      names = "--task",
      required = true,
      paramLabel = "FILE",
      description = "File of JSON lines to write; one of the same name is replaced.")
  private String task;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    Settings settings = settingsOptions.load(Purpose.SAMPLE);
    write(corpus, task, sparkOptions.hadoop(settings));
    Console.standard().say("A task of WordNet's definitions written to " + task);
  }

  static void write(String corpus, String task, Configuration hadoop) {
    String lines = WordNetTask.of(Corpus.open(corpus, hadoop));
    Path file = QualifiedPath.given(task);
    String folder = file.getParent() == null ? "." : file.getParent().toString();
    new RunDirectory(folder, hadoop).writeAtomically(file.getName(), lines);
  }
}
