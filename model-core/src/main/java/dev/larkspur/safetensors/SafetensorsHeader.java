package dev.larkspur.safetensors;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file.
 *
 * @param metadata text by key
 * @param tensors by name, in the order of the file
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors) {
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A tensor: its element type, shape, and byte range [begin, end) in the data section. */
  record Entry(
      String dtype, List<Integer> shape, @JsonProperty("data_offsets") List<Long> dataOffsets) {
    Entry {
      shape = List.copyOf(shape);
      dataOffsets = List.copyOf(dataOffsets);
    }

    long begin() {
      return dataOffsets.get(0);
    }

    long end() {
      return dataOffsets.get(1);
    }
  }

  /** The header of a file whose data section is a flat vector of this table. */
  static SafetensorsHeader of(ParameterTable table, Map<String, String> metadata) {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    for (Parameter parameter : table.parameters()) {
      long begin = parameter.offset() * Float.BYTES;
      long end = begin + parameter.size() * Float.BYTES;
      tensors.put(
          parameter.name(), new Entry(DataType.F32.name(), parameter.shape(), List.of(begin, end)));
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  /** The header of a file with these tensors one after another. */
  static SafetensorsHeader of(
      List<FileTensor> laidOut, DataType type, Map<String, String> metadata) {
    Map<String, Entry> tensors = new LinkedHashMap<>();
    long begin = 0;
    for (FileTensor tensor : laidOut) {
      long end = begin + tensor.size() * type.bytes();
      tensors.put(tensor.name(), new Entry(type.name(), tensor.shape(), List.of(begin, end)));
      begin = end;
    }
    return new SafetensorsHeader(metadata, tensors);
  }

  /** UTF-8 JSON, padded with spaces to a multiple of 8 bytes so that the data are aligned. */
  byte[] toBytes() {
    ObjectNode root = JSON.createObjectNode();
    root.set(METADATA, JSON.valueToTree(metadata));
    tensors.forEach((name, entry) -> root.set(name, JSON.valueToTree(entry)));
    String text = root.toString();
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat(-length & 7)).getBytes(StandardCharsets.UTF_8);
  }

  /** Number of bytes after the header. */
  long dataLength() {
    return tensors.values().stream().mapToLong(Entry::end).max().orElse(0);
  }

  /**
   * Checks that the tensors of the file are exactly those of the table, without gaps.
   *
   * @throws SafetensorsException if they are those of another model
   */
  void requireLayoutOf(ParameterTable table, String file) {
    List<String> differences = new ArrayList<>();
    SafetensorsHeader expected = of(table, Map.of());
    expected.tensors.forEach(
        (name, entry) -> {
          if (!entry.equals(tensors.get(name))) {
            differences.add(
                "%s is %s, expected %s"
                    .formatted(name, describe(tensors.get(name)), describe(entry)));
          }
        });
    for (String name : tensors.keySet()) {
      if (!expected.tensors.containsKey(name)) {
        differences.add(name + " is not part of this model");
      }
    }
    if (!differences.isEmpty()) {
      throw new SafetensorsException(
          "%s contains another model than the settings describe (%d tensors differ; the first: %s): "
                  .formatted(file, differences.size(), differences.get(0))
              + "use the settings that it was trained with, or another run.dir");
    }
  }

  private static String describe(Entry entry) {
    return entry == null ? "missing" : entry.dtype() + entry.shape() + " at byte " + entry.begin();
  }
}
