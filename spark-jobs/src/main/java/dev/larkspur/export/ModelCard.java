package dev.larkspur.export;

import com.typesafe.config.ConfigRenderOptions;
import dev.larkspur.export.WeightFiles.ShardIndex;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.settings.Count;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The README of an export, a model card as Hugging Face's hub reads it: what the model is, how it
 * was trained, and how to load it.
 */
record ModelCard(ModelExport export, Layout layout, WeightFormat format) {

  /** Markdown that begins with metadata in YAML. */
  String text() {
    List<FileTensor> tensors = layout.tensors(export.model());
    return String.format(
        Locale.ROOT,
        """
        ---
        library_name: %s
        pipeline_tag: text-generation
        tags:
        - larkspur
        - %s
        ---

        # A language model trained by Larkspur

        No licence is named here: whoever publishes the model adds it, and the languages, to the lines above.

        ## Model

        | | |
        |---|---|
        %s
        ## Training

        | | |
        |---|---|
        %s
        ## Files

        | file | |
        |---|---|
        | `%s` | the parameters, %s, row-major |
        | `config.json` | the model's shape; under `larkspur`, the settings that it was trained with |
        | `tokenizer.json` or `tokenizer.model` | the tokenizer |

        %s

        Documents followed an end-of-text token (`eos_token_id`) in training: begin prompts with it.

        `larkspur import --model DIR --run RUN` creates a run from this directory, for `generate` and `evaluate`;
        `larkspur train --from DIR` trains it on another corpus.

        ## Tensors

        A matrix [out, in] is applied as x Wᵀ. N counts the layers.%s

        %s
        ## Settings of the training

        ```
        %s```
        """,
        layout == Layout.LARKSPUR ? "larkspur" : "transformers",
        export.trainedKind(),
        rows(model()),
        rows(training()),
        format.shards(tensors).size() == 1 ? ModelDirectory.TENSORS : ShardIndex.FILE,
        format.type() == DataType.BF16 ? "rounded to bfloat16" : "32-bit floats",
        use(),
        factors(),
        TensorList.of(tensors),
        settings());
  }

  private Stream<String> model() {
    ModelConfig model = export.model();
    DecoderVariant variant = model.variant();
    ModelSize size = ModelSize.of(model);
    return Stream.of(
        row(
            "parameters",
            "%,d, of which feed-forward networks %,d",
            size.parameters(),
            size.ffnParameters()),
        row("layers", "%,d of width %,d", model.layers(), model.hiddenDim()),
        row(
            "attention",
            "%d query heads and %d key and value heads of width %d",
            model.attention().queryHeads(),
            model.attention().kvHeads(),
            model.attention().headDim()),
        row(
            "feed-forward networks",
            "%s, %s, inner width %,d",
            kinds(),
            model.ffn().activation() == Activation.SWIGLU ? "SwiGLU" : "GELU",
            model.ffn().dim()),
        row("norm", variant.norm() == Norm.RMS_NORM ? "RMSNorm" : "LayerNorm"),
        row("positions", positions(variant.positions())),
        row(
            "residual",
            variant.residual() == Residual.PARALLEL
                ? "parallel: attention and feed-forward network of a layer read the same"
                : "sequential"),
        row("context", "%,d tokens", model.context()),
        row(
            "vocabulary",
            "%,d; the head %s",
            model.vocabulary(),
            variant.tiedEmbedding() ? "is the embedding" : "has a matrix of its own"));
  }

  private static String positions(Positions positions) {
    if (!(positions instanceof Positions.Rotary rotary)) {
      return "learned";
    }
    return String.format(
        Locale.ROOT,
        "rotary, base %,.0f%s%s",
        rotary.base(),
        rotary.fraction() == 1 ? "" : ", on %s of each head".formatted(rotary.fraction()),
        rotary.scaling() instanceof Scaling.None ? "" : ", scaled as in Llama 3.1");
  }

  private Stream<String> training() {
    Provenance by = export.state().provenance();
    Stream<String> trained =
        Stream.of(
            row(
                "trained",
                "%,d steps, %,d tokens, %.3g floating-point operations",
                export.state().step(),
                export.state().tokens(),
                ModelSize.of(trainedModel()).trainingFlops(export.state().tokens())),
            row("corpus", by.corpusFingerprint().isEmpty() ? "none: imported" : fingerprint(by)),
            row(
                "initial parameters",
                "%s, seed %d",
                export.settings().run().initialModel() == null
                    ? "random"
                    : "those of another model",
                export.state().seed()));
    Stream<String> versions =
        Stream.of(
            row("Larkspur", by.larkspur()),
            row("engine", "%s, on %s", by.engine(), Count.of(by.workers(), "worker")),
            row("Spark, Java", "%s, %s", by.spark(), by.java()));
    return Stream.of(trained, losses(), versions).flatMap(rows -> rows);
  }

  private Stream<String> losses() {
    Stream<String> training =
        Double.isFinite(export.state().trainingLoss())
            ? Stream.of(row("training loss", "%.4f nats a token", export.state().trainingLoss()))
            : Stream.empty();
    return Stream.concat(
        training,
        export.validationLoss().stream()
            .mapToObj(
                loss ->
                    row(
                        "validation loss",
                        "%.4f nats a token, perplexity %,.2f, on held-out documents of the corpus",
                        loss,
                        Math.exp(loss))));
  }

  private static String fingerprint(Provenance by) {
    return "SHA-256 of its manifest: `" + by.corpusFingerprint() + "`";
  }

  /** The model whose operations were counted in training, with its factors. */
  private ModelConfig trainedModel() {
    return export
        .settings()
        .model()
        .toConfig(export.model().context(), export.model().vocabulary());
  }

  private static String rows(Stream<String> rows) {
    return rows.collect(Collectors.joining());
  }

  private static String row(String name, String value, Object... values) {
    return "| %s | %s |\n".formatted(name, String.format(Locale.ROOT, value, values));
  }

  private String settings() {
    return export
        .kept()
        .root()
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }

  private String kinds() {
    ModelConfig model = export.model();
    String first = model.ffn().firstLayer().kind();
    String others = model.ffn().structure().kind();
    String kinds =
        first.equals(others) || model.layers() == 1
            ? first
            : others + ", in the first layer " + first;
    return export.isMerged()
        ? "%s, the products of the %s ones that were trained".formatted(kinds, export.trainedKind())
        : kinds;
  }

  private String use() {
    if (layout != Layout.LARKSPUR) {
      return """
      Names, shapes and order are those of Hugging Face's transformers:

      ```python
      from transformers import AutoModelForCausalLM, AutoTokenizer
      model = AutoModelForCausalLM.from_pretrained("DIR")
      tokenizer = AutoTokenizer.from_pretrained("DIR")
      ```\
      """;
    }
    return Layout.PUBLIC.stream()
        .map(
            other ->
                "- `%s`: %s"
                    .formatted(other.modelType(), String.join("; ", other.misfits(export.model()))))
        .collect(
            Collectors.joining(
                "\n",
                "Names are Larkspur's own, since no layout of Hugging Face's transformers was"
                    + " requested or fits:\n",
                ""));
  }

  private String factors() {
    return layout == Layout.LARKSPUR
        ? " Where a matrix W is kept as two factors, W = U V, `u` and `v` are them; one of three"
            + " axes is block-diagonal, [blocks, out / blocks, in / blocks], and between two such"
            + " ones feature i · blocks + b goes to block b, place i, and behind them back."
        : "";
  }
}
