package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The README of an export: describes its files. */
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

    `larkspur import --model DIR --run RUN` creates a run from this directory, for `generate`, `evaluate` and `train`.

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

  /** Names and shapes of tensors as a table; those that all layers have take one line. */
  private static final class TensorList {
    private static final Pattern LAYER = Pattern.compile("(.*\\blayers\\.)(\\d+)(\\..*)");

    private TensorList() {}

    /** A table in Markdown. */
    static String of(List<FileTensor> tensors) {
      Map<String, SortedSet<Integer>> layers = new LinkedHashMap<>();
      for (FileTensor tensor : tensors) {
        String shape =
            tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
        Matcher matcher = LAYER.matcher(tensor.name());
        boolean ofLayer = matcher.matches();
        String name = ofLayer ? matcher.group(1) + "N" + matcher.group(3) : tensor.name();
        SortedSet<Integer> numbers =
            layers.computeIfAbsent("`%s` | %s".formatted(name, shape), line -> new TreeSet<>());
        if (ofLayer) {
          numbers.add(Integer.parseInt(matcher.group(2)));
        }
      }
      StringBuilder table = new StringBuilder("| tensor | shape | N |\n|---|---|---|\n");
      layers.forEach(
          (line, numbers) ->
              table.append("| ").append(line).append(" | ").append(range(numbers)).append(" |\n"));
      return table.toString();
    }

    private static String range(SortedSet<Integer> numbers) {
      if (numbers.isEmpty()) {
        return "";
      }
      int first = numbers.first();
      int last = numbers.last();
      if (last - first + 1 != numbers.size()) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
      }
      return first == last ? String.valueOf(first) : first + " to " + last;
    }
  }
}
