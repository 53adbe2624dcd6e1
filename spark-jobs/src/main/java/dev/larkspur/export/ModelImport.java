package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.checkpoint.TensorFile;
import dev.larkspur.engine.FlatVector;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A directory of an exported model, or of a GPT-NeoX- or Llama-style one, being read. */
public final class ModelImport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelDirectory from;
  private final JsonNode config;
  private final Layout layout;

  /**
   * Reads {@code config.json}.
   *
   * @throws ModelException if there is none, or it is of another kind of model
   */
  public ModelImport(ModelDirectory from) {
    this.from = from;
    if (!from.has(ModelDirectory.CONFIG)) {
      throw new ModelException(
          "there is no %s: name the directory of an exported model"
              .formatted(from.path(ModelDirectory.CONFIG)));
    }
    try {
      this.config = JSON.readTree(from.read(ModelDirectory.CONFIG));
    } catch (IOException e) {
      throw new ModelException(from.path(ModelDirectory.CONFIG) + " is not JSON", e);
    }
    String type = config.path("model_type").asText("");
    this.layout =
        Arrays.stream(Layout.values())
            .filter(known -> known.modelType().equals(type))
            .findFirst()
            .orElseThrow(
                () ->
                    new ModelException(
                        "%s is of model_type '%s': only %s can be imported"
                            .formatted(
                                from.path(ModelDirectory.CONFIG),
                                type,
                                Arrays.stream(Layout.values()).map(Layout::modelType).toList())));
  }

  /**
   * The settings of the model in HOCON, of an export with those that it was trained with, but for
   * guides.
   *
   * @throws ModelException if Larkspur has no such model
   */
  public String settings() {
    JsonNode own = config.path(ModelExport.SECTION).path("settings");
    if (own.isObject()) {
      return withoutGuides(own.deepCopy()).toString();
    }
    if (layout == Layout.LARKSPUR) {
      throw new ModelException(
          from.path(ModelDirectory.CONFIG) + " lacks larkspur.settings: it is not whole");
    }
    Map<String, Object> settings =
        HuggingFaceModel.settings(config, layout, from.path(ModelDirectory.CONFIG).toString());
    StringBuilder hocon = new StringBuilder();
    new TreeMap<>(settings)
        .forEach((key, value) -> hocon.append(key).append(" = ").append(value).append('\n'));
    return hocon.toString();
  }

  /** Guides are not exported, so a training that goes on has none. */
  private static JsonNode withoutGuides(JsonNode settings) {
    if (settings.path("training") instanceof ObjectNode training) {
      training.remove("self-guided");
    }
    return settings;
  }

  /** The tokenizer, whose vocabulary may be smaller than the model's. */
  public TokenizerSource tokenizer() {
    String kind = config.path(ModelExport.SECTION).path("tokenizer").asText("");
    if (kind.equals(TokenizerSource.GPT2)) {
      return new TokenizerSource(TokenizerSource.GPT2, new byte[0]);
    }
    // A SentencePiece model says more than what was made of it.
    List<String> names = new ArrayList<>(TokenizerIdentity.FILE_NAMES);
    Collections.reverse(names);
    return names.stream()
        .filter(from::has)
        .findFirst()
        .map(name -> new TokenizerSource(name, from.read(name)))
        .orElseThrow(
            () ->
                new ModelException(
                    "%s has no tokenizer: it needs one of %s"
                        .formatted(
                            from.path(ModelDirectory.CONFIG).getParent(),
                            TokenizerIdentity.FILE_NAMES)));
  }

  /**
   * Reads the parameters.
   *
   * @throws dev.larkspur.checkpoint.CheckpointException if they are not those of the model
   * @throws ModelException if the file cannot be read
   */
  public void read(ModelConfig model, FlatVector into) {
    List<String> misfits = layout.misfits(model);
    if (!misfits.isEmpty()) {
      throw new ModelException(
          "the settings are not those of a %s model: %s"
              .formatted(layout.modelType(), String.join("; ", misfits)));
    }
    try (InputStream in = new BufferedInputStream(from.open(ModelDirectory.TENSORS))) {
      TensorFile.read(
          in,
          from.path(ModelDirectory.TENSORS).toString(),
          layout.tensors(model),
          name -> isUnused(name, model),
          into);
    } catch (IOException e) {
      throw from.cannot("read", ModelDirectory.TENSORS, e);
    }
  }

  /** Tables that older versions stored, and the head where it is the embedding. */
  private boolean isUnused(String name, ModelConfig model) {
    return layout != Layout.LARKSPUR
        && (name.endsWith(".rotary_emb.inv_freq")
            || name.endsWith(".attention.bias")
            || name.endsWith(".attention.masked_bias")
            || (model.variant().tiedEmbedding()
                && (name.equals("embed_out.weight") || name.equals("lm_head.weight"))));
  }
}
