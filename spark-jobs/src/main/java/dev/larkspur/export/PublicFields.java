package dev.larkspur.export;

import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of an export's {@code config.json} that transformers reads. They say once more what
 * {@code larkspur.settings} say: whoever edits one of the two copies means something that the other
 * does not hold.
 */
final class PublicFields {
  /** In which the parameters are kept, not what they are. */
  private static final Set<String> OF_STORAGE = Set.of("torch_dtype");

  private final JsonNode config;
  private final Layout layout;
  private final int endOfText;

  /**
   * @param endOfText id of the tokenizer's token
   */
  PublicFields(JsonNode config, Layout layout, int endOfText) {
    this.config = config;
    this.layout = layout;
    this.endOfText = endOfText;
  }

  /**
   * Every difference by the field's name.
   *
   * @param own the model of {@code larkspur.settings}
   * @param read the model that the fields describe, with the defaults of transformers for those
   *     that are not there
   */
  List<String> differences(ModelConfig own, ModelConfig read) {
    ObjectNode expected = HuggingFaceConfig.of(own, layout, endOfText);
    ObjectNode meant = HuggingFaceConfig.of(read, layout, endOfText);
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : expected.properties()) {
      String name = field.getKey();
      boolean there = config.hasNonNull(name);
      JsonNode is = there ? config.get(name) : meant.get(name);
      if (!OF_STORAGE.contains(name) && !same(field.getValue(), is)) {
        differences.add(
            "%s is %s and should be %s"
                .formatted(name, there ? is : "missing, which means " + is, field.getValue()));
      }
    }
    return differences;
  }

  private static boolean same(JsonNode one, JsonNode other) {
    return (one.isNumber() && other.isNumber())
        ? one.asDouble() == other.asDouble()
        : one.equals(other);
  }
}
