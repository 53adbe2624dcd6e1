package dev.larkspur.cli;

import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.export.ModelDirectory;
import dev.larkspur.export.ModelExport;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a model for other programs. */
@Command(
    name = "export",
    header = "Write a run's model as safetensors, config.json and tokenizer.",
    description = {
      "",
      "A dense model is laid out as Hugging Face's transformers have GPT-NeoX or Llama, where one"
          + " of them fits; others under Larkspur's own names, with the reason.",
      "",
      "Example: larkspur export --run runs/quickstart --model runs/quickstart-model",
      ""
    })
final class ExportCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private CheckpointOption checkpointOption;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write, on any file system; must not hold a model yet.")
  private String modelDir;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description = "larkspur, gpt_neox or llama (the one of the latter two that fits by default).")
  private String layoutName;

  @Override
  public void run() {
    Settings settings = runOptions.settings(sparkOptions, Purpose.GENERATE);
    Configuration hadoop = sparkOptions.hadoop(settings);
    ModelConfig config = TrainedModel.config(settings);
    PrintWriter out = spec.commandLine().getOut();
    Layout layout = layoutName == null ? fitting(config, out) : asked(config);
    Checkpoint checkpoint =
        checkpointOption.find(runOptions.dir(), hadoop, spec.commandLine().getErr()::println);
    RunDirectory run = new RunDirectory(runOptions.dir(), hadoop);
    try (TrainedModel model = TrainedModel.withoutGuides(run, checkpoint, settings, hadoop)) {
      new ModelExport(config, settings, checkpoint.state(), RunTokenizer.of(run, settings, hadoop))
          .write(layout, model.replica().parameters(), new ModelDirectory(modelDir, hadoop));
    }
    out.println(
        "%s holds the model of step %,d, laid out as %s"
            .formatted(modelDir, checkpoint.step(), layout.modelType()));
    out.flush();
  }

  private static Layout fitting(ModelConfig config, PrintWriter out) {
    List<Layout> others = List.of(Layout.GPT_NEOX, Layout.LLAMA);
    for (Layout layout : others) {
      if (layout.misfits(config).isEmpty()) {
        return layout;
      }
    }
    out.println("Names are Larkspur's own, since no layout of Hugging Face's transformers fits:");
    others.forEach(
        layout ->
            out.println(
                "  %s: %s"
                    .formatted(layout.modelType(), String.join("; ", layout.misfits(config)))));
    return Layout.LARKSPUR;
  }

  private Layout asked(ModelConfig config) {
    Layout layout =
        Stream.of(Layout.values())
            .filter(known -> known.modelType().equals(layoutName))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--layout is %s: give larkspur, gpt_neox or llama".formatted(layoutName)));
    List<String> misfits = layout.misfits(config);
    if (!misfits.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--layout is %s, which this model does not fit (%s): give larkspur"
              .formatted(layoutName, String.join("; ", misfits)));
    }
    return layout;
  }

  /** Which checkpoint of a run is meant. */
  private static final class CheckpointOption {
    @Option(
        names = "--step",
        paramLabel = "N",
        description = "Take the checkpoint after step N (the newest by default).")
    private Long step;

    /**
     * The checkpoint.
     *
     * @param warnings receives newer ones that are damaged
     * @throws SafetensorsException if there is none
     */
    Checkpoint find(String runDir, Configuration hadoop, Consumer<String> warnings) {
      if (step == null) {
        return EvaluationJob.newestCheckpoint(runDir, hadoop, warnings);
      }
      CheckpointStore store = new CheckpointStore(new RunDirectory(runDir, hadoop));
      return store
          .at(step)
          .orElseThrow(
              () ->
                  new SafetensorsException(
                      "%s holds no checkpoint of step %d; there are those of %s"
                          .formatted(runDir, step, store.steps())));
    }
  }
}
