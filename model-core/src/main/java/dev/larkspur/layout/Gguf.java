package dev.larkspur.layout;

import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a GGUF file of the architecture {@code llama}. It rotates neighbouring coordinates
 * of a head; Larkspur rotates its halves. So the rows of queries and keys are interleaved, as the
 * converter of llama.cpp does it.
 */
public final class Gguf {
  private Gguf() {}

  /** The reasons why a model does not fit; empty if it fits. */
  public static List<String> misfits(ModelConfig model) {
    return Llama.withoutBiases(model).reasons();
  }

  /** The tensors of a model that fits; each parameter occurs once. */
  public static List<FileTensor> tensors(ModelConfig model) {
    ParameterTable table = ParameterTable.of(model);
    Renaming renaming = new Renaming(table);
    renaming.add("token_embd.weight", "embedding.weight");
    for (int layer = 0; layer < model.layers(); layer++) {
      String ours = "layers." + layer;
      String theirs = "blk." + layer;
      renaming.both(theirs + ".attn_norm", ours + ".attention.norm");
      Parameter qkv = table.parameter(ours + ".attention.qkv.weight");
      int queries = model.attention().dim();
      int keys = model.attention().kvDim();
      renaming.add(interleaved(theirs + ".attn_q.weight", qkv, 0, queries, model));
      renaming.add(interleaved(theirs + ".attn_k.weight", qkv, queries, keys, model));
      long row = model.hiddenDim();
      renaming.add(
          new FileTensor(
              theirs + ".attn_v.weight",
              List.of(keys, model.hiddenDim()),
              List.of(new Range(qkv.offset() + (queries + keys) * row, keys * row))));
      renaming.both(theirs + ".attn_output", ours + ".attention.out");
      renaming.both(theirs + ".ffn_norm", ours + ".ffn.norm");
      renaming.both(theirs + ".ffn_gate", ours + ".ffn.gate");
      renaming.both(theirs + ".ffn_up", ours + ".ffn.up");
      renaming.both(theirs + ".ffn_down", ours + ".ffn.down");
    }
    renaming.both("output_norm", "norm");
    renaming.optional("output.weight", "head.weight");
    return renaming.tensors();
  }

  /** Row 2 i + j of a head is the row i of its half j. */
  private static FileTensor interleaved(
      String name, Parameter qkv, int from, int rows, ModelConfig model) {
    int width = model.attention().headDim();
    long size = model.hiddenDim();
    List<Range> ranges = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int head = row / width;
      int within = row % width;
      int source = from + head * width + within % 2 * (width / 2) + within / 2;
      ranges.add(new Range(qkv.offset() + source * size, size));
    }
    return new FileTensor(name, List.of(rows, model.hiddenDim()), ranges);
  }
}
