package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.settings.ModelSettings;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads the directory of an exported model, or of a GPT-NeoX- or Llama-style one. */
public final class ModelImport {
  private final ModelDirectory from;
  private final JsonNode config;
  private final Layout layout;

  /**
   * Reads {@code config.json}.
   *
   * @throws BadInputException if it is missing, or is of another kind of model
   */
  public ModelImport(ModelDirectory from) {
    this.from = from;
    if (!from.has(ModelDirectory.CONFIG)) {
      throw new BadInputException(
          "there is no %s: name the directory of an exported model"
              .formatted(from.path(ModelDirectory.CONFIG)));
    }
    this.config = from.readJson(ModelDirectory.CONFIG);
    String type = config.path("model_type").asText("");
    this.layout =
        Arrays.stream(Layout.values())
            .filter(known -> known.modelType().equals(type))
            .findFirst()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "%s is of model_type '%s': only %s can be imported"
                            .formatted(
                                from.path(ModelDirectory.CONFIG),
                                type,
                                Arrays.stream(Layout.values()).map(Layout::modelType).toList())));
  }

  /**
   * The settings of the model in HOCON; for an export, including those that it was trained with,
   * except for guides.
   *
   * @throws BadInputException if Larkspur has no such model, or the file is inconsistent
   */
  public String settings() {
    JsonNode own = config.path(ModelExport.SECTION).path("settings");
    if (!own.isObject()) {
      if (layout == Layout.LARKSPUR) {
        throw new BadInputException(
            from.path(ModelDirectory.CONFIG) + " lacks larkspur.settings: it is incomplete");
      }
      return publicSettings();
    }
    String settings = withoutGuides(own.deepCopy()).toString();
    String written = config.path(ModelExport.SECTION).path("layout").asText(layout.modelType());
    if (!written.equals(layout.modelType())) {
      throw contradiction(
          List.of("model_type is %s and should be %s".formatted(layout.modelType(), written)));
    }
    if (layout != Layout.LARKSPUR) {
      requireSame(settings);
    }
    return settings;
  }

  /** The model that transformers reads from the file. */
  private String publicSettings() {
    Map<String, Object> settings =
        HuggingFaceModel.settings(config, layout, from.path(ModelDirectory.CONFIG).toString());
    StringBuilder hocon = new StringBuilder();
    new TreeMap<>(settings)
        .forEach((key, value) -> hocon.append(key).append(" = ").append(value).append('\n'));
    return hocon.toString();
  }

  private void requireSame(String settings) {
    Settings read = load(settings);
    ModelConfig own = model(read);
    requireFit(own);
    int endOfText = tokenizer(read).tokenizer().endOfText();
    List<String> differences =
        new PublicFields(config, layout, endOfText)
            .differences(own, model(load(settings, publicSettings())));
    if (!differences.isEmpty()) {
      throw contradiction(differences);
    }
  }

  private BadInputException contradiction(List<String> differences) {
    return new BadInputException(
        "%s contradicts itself, by its larkspur.settings: %s. Undo the change, change both, or remove the larkspur section to import what the other fields say"
            .formatted(from.path(ModelDirectory.CONFIG), String.join("; ", differences)));
  }

  private Settings load(String... hocon) {
    SettingsLoader loader = new SettingsLoader();
    for (String text : hocon) {
      loader.run(from.path(ModelDirectory.CONFIG).toString(), text);
    }
    return loader.load(Purpose.GENERATE);
  }

  private static ModelConfig model(Settings settings) {
    ModelSettings model = settings.model();
    return model.toConfig(model.context().orElse(0), model.vocabulary().orElse(0));
  }

  /** Guides are not exported, so a training that resumes has none. */
  private static JsonNode withoutGuides(JsonNode settings) {
    if (settings.path("training") instanceof ObjectNode training) {
      training.remove("self-guided");
    }
    return settings;
  }

  /**
   * The tokenizer, whose vocabulary may be smaller than the model's.
   *
   * @param settings settings with the end-of-text token
   */
  public TokenizerSource tokenizer(Settings settings) {
    EndOfText endOfText = EndOfText.named(settings.data().endOfText());
    String kind = config.path(ModelExport.SECTION).path("tokenizer").asText("");
    if (kind.equals(TokenizerSource.GPT2)) {
      return builtIn();
    }
    // A SentencePiece model holds more than the file converted from it.
    List<String> names = new ArrayList<>(TokenizerIdentity.FILE_NAMES);
    Collections.reverse(names);
    return names.stream()
        .filter(from::has)
        .findFirst()
        .map(name -> new TokenizerSource(name, from.read(name), endOfText))
        .orElseThrow(
            () ->
                new BadInputException(
                    "%s has no tokenizer: it needs one of %s"
                        .formatted(
                            from.path(ModelDirectory.CONFIG).getParent(),
                            TokenizerIdentity.FILE_NAMES)));
  }

  /** Other programs read the file beside it, so both must agree. */
  private TokenizerSource builtIn() {
    TokenizerSource builtIn = new TokenizerSource(TokenizerSource.GPT2, new byte[0]);
    for (String name : TokenizerIdentity.FILE_NAMES) {
      if (from.has(name) && !builtIn.hasSameIds(new TokenizerSource(name, from.read(name)))) {
        throw new BadInputException(
            "%s is not GPT-2's tokenizer, which larkspur.tokenizer of %s names: put the file back, or remove larkspur.tokenizer to use it"
                .formatted(from.path(name), ModelDirectory.CONFIG));
      }
    }
    return builtIn;
  }

  /**
   * Reads the parameters.
   *
   * @throws BadInputException if they do not fit the model, are not finite, or cannot be read
   */
  public void read(ModelConfig model, FlatVector into) {
    requireFit(model);
    new WeightFiles(from, layout, model).read(into);
  }

  /**
   * Checks that the files are those of the model, without reading the parameters.
   *
   * @throws BadInputException if they are not
   */
  public void check(ModelConfig model) {
    requireFit(model);
    new WeightFiles(from, layout, model).check();
  }

  private void requireFit(ModelConfig model) {
    List<String> misfits = layout.misfits(model);
    if (!misfits.isEmpty()) {
      throw new BadInputException(
          "the settings are not those of a %s model: %s"
              .formatted(layout.modelType(), String.join("; ", misfits)));
    }
  }

  /**
   * The fields of an export's {@code config.json} that transformers reads. They repeat {@code
   * larkspur.settings}. If only one of the two was edited, it is unclear which one is meant.
   */
  private static final class PublicFields {
    /** Describes how parameters are stored, not the model. */
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
     * @param read the model that the fields describe, with the defaults of transformers for missing
     *     ones
     */
    List<String> differences(ModelConfig own, ModelConfig read) {
      ObjectNode expected = HuggingFaceConfig.of(own, layout, DataType.F32, endOfText);
      ObjectNode meant = HuggingFaceConfig.of(read, layout, DataType.F32, endOfText);
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
      meant
          .properties()
          .forEach(
              field -> {
                if (!expected.has(field.getKey())) {
                  differences.add(
                      "%s is %s and should be missing".formatted(field.getKey(), field.getValue()));
                }
              });
      return differences;
    }

    private static boolean same(JsonNode one, JsonNode other) {
      return (one.isNumber() && other.isNumber())
          ? one.asDouble() == other.asDouble()
          : one.equals(other);
    }
  }
}
