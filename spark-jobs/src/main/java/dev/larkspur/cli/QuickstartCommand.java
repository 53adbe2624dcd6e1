package dev.larkspur.cli;

import com.typesafe.config.ConfigUtil;
import dev.larkspur.evaluate.EvaluationJob.Evaluation;
import dev.larkspur.generate.GenerationSettings;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.report.Console;
import dev.larkspur.report.KeptTexts;
import dev.larkspur.report.LossPlot;
import dev.larkspur.report.TextsInOrder;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.SampleTexts;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.Preflight;
import dev.larkspur.train.driver.TrainingSummary.TrainingResult;
import dev.larkspur.watch.RunReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs every step once, on sample text. */
@Command(
    name = "quickstart",
    header = "Run every step once, on sample text: a few minutes on two cores.",
    description = {
      "",
      "Writes sample documents, learns a tokenizer, prepares a corpus, trains a low-rank model on"
          + " two workers, evaluates it and generates text. If interrupted, it resumes.",
      "",
      "Example: larkspur quickstart",
      ""
    })
final class QuickstartCommand implements Callable<Integer> {
  private static final List<String> PROMPTS = List.of("", "larkspur (noun", "to train (verb");
  private static final GenerationSettings HOW = new GenerationSettings(60, 0.7, 40, 1, 7, 3);

  @Spec private CommandSpec spec;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Directory for everything that is written (default: ${DEFAULT-VALUE}).")
  private String run = "runs/quickstart";

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public Integer call() {
    Console console = Console.standard();
    PrintWriter out = spec.commandLine().getOut();
    Settings settings = settings();
    Preflight.requireTrainable(settings, sparkOptions.master(settings));
    AtomicBoolean stopped = new AtomicBoolean();
    sparkOptions.runTraining(
        settings,
        "larkspur quickstart",
        spark -> {
          console.say("1/6 Sample documents");
          SampleCorpusCommand.write(spark, settings.data().documents().get(0), console);
          console.say("2/6 Tokenizer");
          TrainTokenizerCommand.train(spark, settings, console);
          console.say("3/6 Corpus");
          PrepareCommand.prepare(spark, settings, console);
          console.say("4/6 Training");
          TrainingResult result = TrainCommand.train(spark, settings, console);
          if (result.outcome() == TrainingResult.Outcome.STOPPED
              || result.outcome() == TrainingResult.Outcome.HELD) {
            stopped.set(true);
            return;
          }
          console.say("5/6 Evaluation");
          Evaluation evaluation =
              EvaluateCommand.evaluate(
                  spark, settings.run().dir(), settings, Long.MAX_VALUE, console::say);
          out.println(EvaluateCommand.text(evaluation));
          out.println(definitions(spark, settings, console));
          console.say("6/6 Text");
          Configuration hadoop = spark.hadoopConfiguration();
          SampleTexts samples = generate(settings.run().dir(), result, hadoop, out);
          samples.write(new RunDirectory(settings.run().dir(), hadoop));
          show(settings.run().dir(), hadoop, console);
        });
    if (stopped.get()) {
      return ExitCode.TRY_AGAIN;
    }
    console.say(
        "The run is in %1$s. Next: larkspur generate --run %1$s --prompt \"…\""
            .formatted(settings.run().dir()));
    return ExitCode.DONE;
  }

  /** How the loss fell, and where there is more to see. */
  private static void show(String dir, Configuration hadoop, Console console) {
    console.say("Training loss, nats a token:");
    console.say(
        LossPlot.of(RunReport.losses(dir, hadoop), LossPlot.Style.of(console), console.width()));
    RunReport.write(dir, hadoop, console::say)
        .ifPresent(page -> console.say("Curves, times and texts are in %s".formatted(page)));
  }

  private Settings settings() {
    String places =
        """
        include "conf/quickstart.conf"
        run { dir = %1$s, name = quickstart }
        data { documents = [%2$s], tokenizer = %3$s, corpus = %4$s }
        tokenizer.out = %3$s
        """
            .formatted(
                quoted(""), quoted("/documents"), quoted("/tokenizer.json"), quoted("/corpus"));
    return settingsOptions.over("quickstart", places).load(Purpose.QUICKSTART);
  }

  private String quoted(String below) {
    return ConfigUtil.quoteString(run + below);
  }

  private Settings trained(String dir, Configuration hadoop) {
    return settingsOptions
        .overRun(dir, new RunDirectory(dir, hadoop).readText(RunDirectory.CONFIG))
        .load(Purpose.GENERATE);
  }

  /** How many definitions of the validation split the model finds the word of. */
  private String definitions(SparkContext spark, Settings settings, Console console) {
    Configuration hadoop = spark.hadoopConfiguration();
    String task = run + "/wordnet.jsonl";
    SampleTaskCommand.write(settings.data().corpus(), task, hadoop);
    String dir = settings.run().dir();
    return TaskEvaluation.of(dir, trained(dir, hadoop)).ask(spark, task, console::say);
  }

  private SampleTexts generate(
      String dir, TrainingResult result, Configuration hadoop, PrintWriter out) {
    KeptTexts texts = new KeptTexts(PROMPTS, new TextsInOrder(PROMPTS, out));
    GenerateCommand.generate(dir, trained(dir, hadoop), hadoop, PROMPTS, HOW, texts);
    return new SampleTexts(result.summary().step(), texts.texts());
  }
}
