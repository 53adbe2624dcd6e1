package dev.larkspur.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.export.ModelDirectory;
import dev.larkspur.export.ModelImport;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.TokenizerSource;
import dev.larkspur.train.driver.FirstParameters;
import java.io.PrintWriter;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Creates a run from a model. */
@Command(
    name = "import",
    header =
        "Create a run from an exported model, or from a GPT-NeoX, Llama, Mistral or Qwen2 model.",
    description = {
      "",
      "The run starts at step 0 with the parameters of the model: generate and evaluate use them,"
          + " and train resumes from them, on any corpus with the same tokenizer, with zero"
          + " optimiser state.",
      "A model that was not trained by Larkspur needs training.learning-rate and training.steps.",
      "",
      "Example: larkspur import --model runs/quickstart-model --run runs/imported",
      ""
    })
final class ImportCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Directory with config.json, model.safetensors (or its shards), and tokenizer.")
  private String modelDir;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the run to create; must not contain one.")
  private String runDir;

  @Override
  public void run() {
    // Options of the file system, including credentials, come from the command line.
    Configuration hadoop = sparkOptions.hadoop(settingsOptions.load(Purpose.SAMPLE));
    RunDirectory run = new RunDirectory(runDir, hadoop);
    if (run.has(RunDirectory.CONFIG)) {
      throw new ParameterException(
          spec.commandLine(), "--run is %s, which contains a run: name another".formatted(runDir));
    }
    // Checkpoints of step 0 are those of an interrupted import, and are replaced.
    if (new CheckpointStore(run).steps().stream().anyMatch(step -> step > 0)) {
      throw new ParameterException(
          spec.commandLine(),
          "--run is %s, which contains checkpoints of a run without %s: name another"
              .formatted(runDir, RunDirectory.CONFIG));
    }
    ModelImport source = new ModelImport(new ModelDirectory(modelDir, hadoop));
    Settings settings =
        settingsOptions.over(modelDir + "/config.json", source.settings()).load(Purpose.GENERATE);
    ModelConfig model = TrainedModel.config(settings);
    TokenizerSource tokenizer = source.tokenizer(settings);
    requireVocabulary(model, tokenizer);
    Settings complete = withTokenizer(settings, tokenizer);
    FirstParameters.write(
        run,
        complete,
        model,
        replica -> {
          source.read(model, replica.parameters());
          if (tokenizer.isFile()) {
            run.write(tokenizer.tokenizer().identity().fileName(), tokenizer.file());
          }
        });
    // Written last, because it makes the directory a run.
    run.write(RunDirectory.CONFIG, complete.toHocon());
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "The model is imported into %s at step 0. Next: larkspur generate --run %s"
            .formatted(runDir, runDir));
    out.flush();
  }

  private void requireVocabulary(ModelConfig model, TokenizerSource tokenizer) {
    int needed = tokenizer.tokenizer().vocabulary();
    if (needed > model.vocabulary()) {
      throw new ParameterException(
          spec.commandLine(),
          "the tokenizer of %s has %,d entries, but its model has %,d: use the tokenizer that the model was trained with"
              .formatted(modelDir, needed, model.vocabulary()));
    }
  }

  private static Settings withTokenizer(Settings settings, TokenizerSource tokenizer) {
    if (tokenizer.isFile()) {
      return settings;
    }
    Config resolved =
        settings
            .resolved()
            .withValue("data.tokenizer", ConfigValueFactory.fromAnyRef(TokenizerSource.GPT2));
    return settings.withResolved(resolved);
  }
}
