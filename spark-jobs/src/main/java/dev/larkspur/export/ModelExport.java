package dev.larkspur.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.larkspur.engine.Engine;
import dev.larkspur.layout.Gguf;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.TrainingState;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A trained model to be written to files.
 *
 * @param model its shape
 * @param settings settings that it was trained with
 * @param state state of the checkpoint
 * @param tokenizer tokenizer of its corpus
 * @param validationLoss of the checkpoint, in nats a token; empty if it was not measured
 */
public record ModelExport(
    ModelConfig model,
    Settings settings,
    TrainingState state,
    TokenizerSource tokenizer,
    OptionalDouble validationLoss) {
  static final String SECTION = "larkspur";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Settings that are exported with the model; the others belong to the cluster that trained it.
   */
  static final List<String> SETTINGS =
      List.of("model", "training", "run.seed", "data.context", "data.end-of-text");

  /**
   * Writes all files, {@code config.json} last, which marks the model as complete.
   *
   * @param layout layout that fits the model
   * @throws BadInputException if there is a model already, or a file cannot be written
   */
  public void write(Layout layout, WeightFormat format, FlatVector parameters, ModelDirectory out) {
    write(layout, format, (Safetensors.Elements) parameters::read, out);
  }

  /**
   * Writes the dense model that computes the same: the factors of each network are multiplied, in
   * 64-bit arithmetic.
   *
   * @param layout layout that fits {@link #dense}
   * @param parameters of this model
   * @throws BadInputException if there is a model already, or a file cannot be written
   */
  public void writeMerged(
      Layout layout, WeightFormat format, FlatVector parameters, ModelDirectory out) {
    new ModelExport(dense(model), settings, state, tokenizer, validationLoss)
        .write(layout, format, new MergedParameters(model, parameters), out);
  }

  /** The model whose networks are dense, else the same. */
  public static ModelConfig dense(ModelConfig model) {
    return MergedParameters.dense(model);
  }

  private void write(
      Layout layout, WeightFormat format, Safetensors.Elements parameters, ModelDirectory out) {
    if (out.has(ModelDirectory.CONFIG)) {
      throw new BadInputException(
          "%s is there already: name another directory".formatted(out.path(ModelDirectory.CONFIG)));
    }
    new WeightWriter(format, out).write(layout.tensors(model), parameters);
    ExportedTokenizer.write(tokenizer, model.context(), out);
    out.write("README.md", new ModelCard(this, layout, format).text());
    out.write(ModelDirectory.CONFIG, config(layout, format.type()).toPrettyString() + "\n");
  }

  /**
   * Writes one GGUF file of the architecture {@code llama}, with the tokenizer. Factors are
   * multiplied, as the format has only dense matrices.
   *
   * @param type of the matrices
   * @throws BadInputException if the model or its tokenizer does not fit, there is a file already,
   *     or it cannot be written
   */
  public void writeGguf(DataType type, FlatVector parameters, ModelDirectory out) {
    ModelExport dense = new ModelExport(dense(model), settings, state, tokenizer, validationLoss);
    List<String> misfits = Gguf.misfits(dense.model());
    if (!misfits.isEmpty()) {
      throw new BadInputException(
          "the model is not one of the architecture llama: %s. Export safetensors, which other converters read"
              .formatted(String.join("; ", misfits)));
    }
    if (out.has(ModelDirectory.GGUF)) {
      throw new BadInputException(
          "%s is there already: name another directory".formatted(out.path(ModelDirectory.GGUF)));
    }
    MergedParameters merged = new MergedParameters(model, parameters);
    GgufFile file = new GgufFile(dense, type);
    file.check();
    out.write(ModelDirectory.GGUF, stream -> file.write(stream, merged));
  }

  /**
   * Writes the model in the file format of an engine's library, and the tokenizer.
   *
   * @throws BadInputException if there is a model already, or a file cannot be written
   */
  public void write(Engine engine, FlatVector parameters, ModelDirectory out) {
    if (out.has(ModelDirectory.GRAPH)) {
      throw new BadInputException(
          "%s is there already: name another directory".formatted(out.path(ModelDirectory.GRAPH)));
    }
    ExportedTokenizer.write(tokenizer, model.context(), out);
    out.write("README.md", GraphReadme.of(this, engine.version()));
    // Last, as it marks the model as complete.
    out.write(ModelDirectory.GRAPH, stream -> engine.writeModel(model, parameters, stream));
  }

  private ObjectNode config(Layout layout, DataType type) {
    ObjectNode config =
        HuggingFaceConfig.of(model, layout, type, tokenizer.tokenizer().endOfText());
    ObjectNode section = config.putObject(SECTION);
    section
        .put("version", state.provenance().larkspur())
        .put("layout", layout.modelType())
        .put("step", state.step())
        .put("tokens", state.tokens())
        .put("corpus", state.provenance().corpusFingerprint())
        .put("tokenizer", tokenizer.tokenizer().identity().kind());
    if (isMerged()) {
      section.put("merged", trainedKind());
    }
    section.set("settings", json(kept()));
    return config;
  }

  /** Whether the factors of networks that were trained are multiplied. */
  boolean isMerged() {
    return !trainedKind().equals(model.ffn().structure().kind());
  }

  /** The kind of the networks that were trained. */
  String trainedKind() {
    return settings.model().ffn().structure().kind();
  }

  /** The settings that are exported. */
  Config kept() {
    Config all = ConfigFactory.parseString(settings.toHocon());
    Config kept = ConfigFactory.empty();
    for (String key : SETTINGS) {
      if (all.hasPath(key)) {
        kept = kept.withFallback(all.withOnlyPath(key));
      }
    }
    if (isMerged()) {
      for (String key : List.of("rank", "rank-fraction", "blocks")) {
        kept = kept.withoutPath("model.ffn." + key);
      }
      kept = kept.withValue("model.ffn.kind", ConfigValueFactory.fromAnyRef("dense"));
    }
    // Guides are not exported: only training uses them.
    return kept.withoutPath("training.self-guided");
  }

  private static JsonNode json(Config config) {
    try {
      return JSON.readTree(config.root().render(ConfigRenderOptions.concise()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("concise HOCON is JSON", e);
    }
  }

  /** The files of a tokenizer, as Hugging Face's libraries name them. */
  private static final class ExportedTokenizer {
    static final String SETTINGS = "tokenizer_config.json";

    private ExportedTokenizer() {}

    /** Writes the tokenizer's file, and what transformers needs to know about it. */
    static void write(TokenizerSource source, int context, ModelDirectory out) {
      Tokenizer tokenizer = source.tokenizer();
      TokenizerIdentity identity = tokenizer.identity();
      byte[] file = source.isFile() ? source.file() : source.builtInFile();
      out.write(identity.fileName(), stream -> stream.write(file));
      boolean json = identity.fileName().endsWith(".json");
      ObjectNode settings = JsonNodeFactory.instance.objectNode();
      settings.put("tokenizer_class", json ? "PreTrainedTokenizerFast" : "LlamaTokenizer");
      String endOfText = tokenizer.specialTokens().get(tokenizer.endOfText());
      if (endOfText != null) {
        settings.put("bos_token", endOfText).put("eos_token", endOfText);
      }
      settings
          .put("add_bos_token", false)
          .put("add_eos_token", false)
          .put("clean_up_tokenization_spaces", false)
          .put("model_max_length", context);
      out.write(SETTINGS, settings.toPrettyString() + "\n");
    }
  }
}
