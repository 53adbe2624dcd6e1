package dev.larkspur.cli;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.export.ModelDirectory;
import dev.larkspur.export.ModelExport;
import dev.larkspur.export.WeightFormat;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import dev.larkspur.train.driver.SummaryFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalDouble;
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
      "A dense model takes the layout of GPT-NeoX, Llama or Qwen2 in Hugging Face's transformers,"
          + " if one of them fits. Other models keep Larkspur's own parameter names, and the reason"
          + " is printed: --merge makes a dense model of one with factored networks. With --format"
          + " dl4j, the model is a ComputationGraph of Deeplearning4j instead.",
      "",
      "Example: larkspur export --run runs/quickstart --model runs/quickstart-model",
      ""
    })
final class ExportCommand implements Runnable {
  private static final String SAFETENSORS = "safetensors";
  private static final String DL4J = "dl4j";
  private static final String GGUF = "gguf";

  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private CheckpointOption checkpointOption;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write, on any file system; must not contain a model.")
  private String modelDir;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description =
          "larkspur, gpt_neox, llama, qwen2 or mistral (default: the first of the others that"
              + " fits, else larkspur).")
  private String layoutName;

  @Option(
      names = "--merge",
      description =
          "Multiply the factors of feed-forward networks, so that the model is dense and programs"
              + " that know only dense ones read it.")
  private boolean merge;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description =
          "safetensors; gguf: one file that llama.cpp reads, of a Llama-like model, with factors"
              + " multiplied; or dl4j: a zip file that ModelSerializer of Deeplearning4j restores,"
              + " which needs larkspur-dl4j-spark-*.jar (default: ${DEFAULT-VALUE}).")
  private String format = SAFETENSORS;

  @Mixin private WeightOptions weightOptions;

  @Override
  public void run() {
    Settings settings = runOptions.settings(sparkOptions, Purpose.GENERATE);
    PrintWriter out = spec.commandLine().getOut();
    if (isGraph()) {
      Engine engine = dl4j();
      write(
          settings,
          "for Deeplearning4j",
          (export, parameters, files) -> export.write(engine, parameters, files));
    } else if (format.equals(GGUF)) {
      DataType type = weightOptions.format().type();
      write(
          settings,
          "as GGUF",
          (export, parameters, files) -> export.writeGguf(type, parameters, files));
    } else {
      WeightFormat weights = weightOptions.format();
      ModelConfig trained = TrainedModel.config(settings);
      ModelConfig config = merge ? ModelExport.dense(trained) : trained;
      Layout layout = layoutName == null ? fitting(config, out) : requestedLayout(config);
      write(
          settings,
          "in the layout " + layout.modelType(),
          (export, parameters, files) -> {
            if (merge) {
              export.writeMerged(layout, weights, parameters, files);
            } else {
              export.write(layout, weights, parameters, files);
            }
          });
    }
  }

  /** Writes parameters to a directory. */
  @FunctionalInterface
  private interface Writer {
    void write(ModelExport export, FlatVector parameters, ModelDirectory files);
  }

  private void write(Settings settings, String how, Writer writer) {
    Configuration hadoop = sparkOptions.hadoop(settings);
    Checkpoint checkpoint =
        checkpointOption.find(runOptions.dir(), hadoop, spec.commandLine().getErr()::println);
    RunDirectory run = new RunDirectory(runOptions.dir(), hadoop);
    try (TrainedModel model = TrainedModel.withoutGuides(run, checkpoint, settings, hadoop)) {
      writer.write(
          new ModelExport(
              TrainedModel.config(settings),
              settings,
              checkpoint.state(),
              RunTokenizer.of(run, settings, hadoop),
              validationLoss(run, checkpoint.step())),
          model.replica().parameters(),
          new ModelDirectory(modelDir, hadoop));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("Model of step %,d written to %s %s".formatted(checkpoint.step(), modelDir, how));
    out.flush();
  }

  /** The loss of the last training, if it ended with this checkpoint. */
  private static OptionalDouble validationLoss(RunDirectory run, long step) {
    return SummaryFile.read(run)
        .filter(summary -> summary.step() == step && summary.validationLoss() != null)
        .map(summary -> OptionalDouble.of(summary.validationLoss()))
        .orElse(OptionalDouble.empty());
  }

  private boolean isGraph() {
    if (!List.of(SAFETENSORS, GGUF, DL4J).contains(format)) {
      throw wrong("--format is %s: give safetensors, gguf or dl4j".formatted(format));
    }
    if (!format.equals(SAFETENSORS)) {
      refuse("--layout", layoutName != null);
      refuse("--merge", merge);
      refuse("--max-shard-size", weightOptions.hasShardSize());
    }
    refuse("--dtype", format.equals(DL4J) && weightOptions.hasType());
    return format.equals(DL4J);
  }

  private void refuse(String option, boolean given) {
    if (given) {
      throw wrong("%s is not for --format %s: leave one of them out".formatted(option, format));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Engine dl4j() {
    if (!Engines.names().contains(DL4J)) {
      throw new ParameterException(
          spec.commandLine(),
          "--format is dl4j, but Deeplearning4j is not on the class path: " + Engines.remedy(DL4J));
    }
    return Engines.named(DL4J);
  }

  private static Layout fitting(ModelConfig config, PrintWriter out) {
    for (Layout layout : Layout.PUBLIC) {
      if (layout.misfits(config).isEmpty()) {
        return layout;
      }
    }
    out.println(
        "Parameter names are Larkspur's own, because no layout of Hugging Face's transformers"
            + " fits:");
    Layout.PUBLIC.forEach(
        layout ->
            out.println(
                "  %s: %s"
                    .formatted(layout.modelType(), String.join("; ", layout.misfits(config)))));
    return Layout.LARKSPUR;
  }

  private Layout requestedLayout(ModelConfig config) {
    Layout layout =
        Stream.of(Layout.values())
            .filter(known -> known.modelType().equals(layoutName))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--layout is %s: give larkspur, gpt_neox, llama, qwen2 or mistral"
                            .formatted(layoutName)));
    List<String> misfits = layout.misfits(config);
    if (!misfits.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--layout is %s, which this model does not fit (%s): give larkspur"
              .formatted(layoutName, String.join("; ", misfits)));
    }
    return layout;
  }

  /** Selects a checkpoint of a run. */
  private static final class CheckpointOption {
    @Option(
        names = "--step",
        paramLabel = "N",
        description = "Use the checkpoint of step N (default: the newest).")
    private Long step;

    /**
     * The checkpoint.
     *
     * @param warnings receives newer checkpoints that are damaged
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
                      "%s has no checkpoint of step %d; it has those of %s"
                          .formatted(runDir, step, store.steps())));
    }
  }
}
