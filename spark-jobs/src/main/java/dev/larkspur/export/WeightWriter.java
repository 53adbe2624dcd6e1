package dev.larkspur.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.export.WeightFiles.ShardIndex;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.safetensors.TensorFile;
import dev.larkspur.storage.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the tensors of a model, in one file or in shards with an index, as transformers does. */
final class WeightWriter {
  private final WeightFormat format;
  private final ModelDirectory out;

  WeightWriter(WeightFormat format, ModelDirectory out) {
    this.format = format;
    this.out = out;
  }

  /**
   * Writes the tensors.
   *
   * @throws BadInputException if files of an interrupted export would be read with them
   */
  void write(List<FileTensor> tensors, Safetensors.Elements parameters) {
    List<List<FileTensor>> shards = format.shards(tensors);
    refuse(shards.size() == 1 ? ShardIndex.FILE : ModelDirectory.TENSORS);
    if (shards.size() == 1) {
      write(ModelDirectory.TENSORS, tensors, parameters);
      return;
    }
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.putObject("metadata").put("total_size", format.bytes(tensors));
    ObjectNode files = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      String name =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      write(name, shards.get(i), parameters);
      shards.get(i).forEach(tensor -> files.put(tensor.name(), name));
    }
    out.write(ShardIndex.FILE, index.toPrettyString() + "\n");
  }

  private void write(String name, List<FileTensor> tensors, Safetensors.Elements parameters) {
    out.write(
        name,
        // transformers opens only files that name their format.
        stream ->
            TensorFile.write(stream, tensors, format.type(), parameters, Map.of("format", "pt")));
  }

  private void refuse(String name) {
    if (out.has(name)) {
      throw new BadInputException(
          "%s is there, left by an export that was interrupted: delete it, or name another directory"
              .formatted(out.path(name)));
    }
  }
}
