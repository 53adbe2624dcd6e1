package dev.larkspur.export;

import dev.larkspur.model.ModelConfig;

/** The README of an export for Deeplearning4j. */
final class GraphReadme {
  private GraphReadme() {}

  /**
   * Markdown.
   *
   * @param version version of Deeplearning4j
   */
  static String of(ModelExport export, String version) {
    ModelConfig model = export.model();
    return """
    # A language model trained by Larkspur, for Deeplearning4j

    %,d layers of width %,d, context %,d, vocabulary %,d. After step %,d, %,d tokens.

    | file | |
    |---|---|
    | `%s` | a `ComputationGraph` with its parameters, 32-bit floats, and without an updater's state |
    | `tokenizer.json` or `tokenizer.model` | the tokenizer |

    `ModelSerializer.restoreComputationGraph(file, false)` of Deeplearning4j %s loads it. `larkspur.jar` and
    `larkspur-dl4j-spark-*.jar` must be on the class path: they contain the layers.

    The input is token ids [sequences, length] of 32-bit integers. The output is the probabilities of the next token,
    [sequences * length, vocabulary]. Labels are the next token ids, shaped like the input. `fit` trains with Adam.

    Documents followed the token with the id %d in training: begin prompts with it.

    `larkspur import` does not read this directory: export safetensors for it.
    """
        .formatted(
            model.layers(),
            model.hiddenDim(),
            model.context(),
            model.vocabulary(),
            export.state().step(),
            export.state().tokens(),
            ModelDirectory.GRAPH,
            version,
            export.tokenizer().tokenizer().endOfText());
  }
}
