package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.safetensors.TensorFile;
import dev.larkspur.tensor.FlatVector;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a model's directory: in one file, or in shards that an index names. */
final class WeightFiles {
  private final ModelDirectory from;
  private final Layout layout;
  private final ModelConfig model;

  /** Of a model that fits the layout. */
  WeightFiles(ModelDirectory from, Layout layout, ModelConfig model) {
    this.from = from;
    this.layout = layout;
    this.model = model;
  }

  /**
   * Reads the parameters.
   *
   * @throws ModelException if the files are not those of the model, or hold values that are not
   *     finite
   */
  void read(FlatVector into) {
    try {
      Map<String, Long> checksums = from.has(ShardIndex.FILE) ? readShards(into) : readFile(into);
      requireSame(checksums, into);
    } catch (SafetensorsException e) {
      throw new ModelException(e.getMessage(), e);
    }
    new FiniteValues(
            from.path(from.has(ShardIndex.FILE) ? ShardIndex.FILE : ModelDirectory.TENSORS))
        .require(layout.tensors(model), into);
  }

  private Map<String, Long> readFile(FlatVector into) {
    return read(
        ModelDirectory.TENSORS,
        new TensorFile.Contents(
            layout.tensors(model),
            layout.copies(model),
            this::isUnused,
            "its " + ModelDirectory.CONFIG,
            "this model"),
        into);
  }

  private Map<String, Long> readShards(FlatVector into) {
    if (from.has(ModelDirectory.TENSORS)) {
      throw new ModelException(
          "there are both %s and %s, and they may hold different parameters: remove the older one, with its shards"
              .formatted(from.path(ModelDirectory.TENSORS), ShardIndex.FILE));
    }
    ShardIndex index = ShardIndex.read(from);
    index.requireAll(layout.tensors(model), layout.copies(model), this::isUnused);
    List<String> missing = index.shards().stream().filter(shard -> !from.has(shard)).toList();
    if (!missing.isEmpty()) {
      throw new ModelException(
          "%s names files that are missing: %s; get the model's files again"
              .formatted(from.path(ShardIndex.FILE), String.join(", ", missing)));
    }
    Map<String, Long> checksums = new HashMap<>();
    for (String shard : index.shards()) {
      TensorFile.Contents contents =
          new TensorFile.Contents(
              index.in(shard, layout.tensors(model)),
              index.in(shard, layout.copies(model)),
              name -> isUnused(name) && index.isIn(shard, name),
              ShardIndex.FILE,
              "this shard");
      checksums.putAll(read(shard, contents, into));
    }
    return checksums;
  }

  private Map<String, Long> read(String name, TensorFile.Contents contents, FlatVector into) {
    try (InputStream in = new BufferedInputStream(from.open(name))) {
      return TensorFile.read(in, from.path(name).toString(), contents, into);
    } catch (IOException e) {
      throw from.cannot("read", name, e);
    }
  }

  private void requireSame(Map<String, Long> checksums, FlatVector parameters) {
    List<String> others = new ArrayList<>();
    for (FileTensor copy : layout.copies(model)) {
      Long stored = checksums.get(copy.name());
      if (stored != null && stored != TensorFile.checksum(copy, parameters)) {
        others.add(copy.name());
      }
    }
    if (!others.isEmpty()) {
      throw new ModelException(
          "%s has tie_word_embeddings true, but %s is there and is not the embedding: correct tie_word_embeddings"
              .formatted(from.path(ModelDirectory.CONFIG), String.join(", ", others)));
    }
  }

  /** Tables that older versions stored. */
  private boolean isUnused(String name) {
    return layout != Layout.LARKSPUR
        && (name.endsWith(".rotary_emb.inv_freq")
            || name.endsWith(".attention.bias")
            || name.endsWith(".attention.masked_bias"));
  }
}
