package dev.larkspur.export;

import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the files of an export are, for whoever opens them. */
record ExportReadme(ModelExport export, Layout layout) {

  /** Markdown. */
  String text() {
    return """
    # A language model trained by Larkspur

    %,d layers of width %,d, context %,d, vocabulary %,d; feed-forward networks: %s. After step %,d, %,d tokens.

    | file | |
    |---|---|
    | `model.safetensors` | the parameters, 32-bit floats, row-major |
    | `config.json` | the model's shape; under `larkspur`, the settings that it was trained with |
    | `tokenizer.json` or `tokenizer.model` | the tokenizer |

    %s

    Documents followed an end-of-text token (`eos_token_id`) in training: begin prompts with it.

    `larkspur import --from DIR --run RUN` makes a run of this directory, for `generate`, `evaluate` and `train`.

    ## Tensors

    A matrix [out, in] is applied as x Wᵀ. N counts the layers.%s

    %s\
    """
        .formatted(
            export.model().layers(),
            export.model().hiddenDim(),
            export.model().context(),
            export.model().vocabulary(),
            kinds(),
            export.state().step(),
            export.state().tokens(),
            use(),
            factors(),
            TensorList.of(layout.tensors(export.model())));
  }

  private String kinds() {
    ModelConfig model = export.model();
    String first = model.ffn().firstLayer().kind();
    String others = model.ffn().structure().kind();
    return first.equals(others) || model.layers() == 1
        ? first
        : others + ", in the first layer " + first;
  }

  private String use() {
    if (layout != Layout.LARKSPUR) {
      return "Names, shapes and order are those of Hugging Face's transformers:"
          + " `AutoModelForCausalLM.from_pretrained(DIR)` loads it.";
    }
    return Stream.of(Layout.GPT_NEOX, Layout.LLAMA)
        .map(
            other ->
                "- `%s`: %s"
                    .formatted(other.modelType(), String.join("; ", other.misfits(export.model()))))
        .collect(
            Collectors.joining(
                "\n",
                "Names are Larkspur's own, since no layout of Hugging Face's transformers was"
                    + " asked for or fits:\n",
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
