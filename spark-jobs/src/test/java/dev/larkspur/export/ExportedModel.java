package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** A directory of a small exported model, to be changed and imported. */
final class ExportedModel {
  static final String LLAMA =
      "model { norm = rms-norm, ffn.activation = swiglu, biases = false, tied-embedding = false }";
  static final String GPT_NEOX = "";

  private static final String SHAPE =
      """
      model { hidden-dim = 8, layers = 2, query-heads = 2, context = 6, vocabulary = 300 }
      training { learning-rate = 0.02, steps = 7 }
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final ModelConfig model;
  private final float[] parameters;

  private ExportedModel(Path directory, ModelConfig model, float[] parameters) {
    this.directory = directory;
    this.model = model;
    this.parameters = parameters;
  }

  /** Parameters are 0.5, 1.5, and so on. */
  static ExportedModel in(Path directory, Layout layout, String special) {
    return in(directory, layout, special, WeightFormat.EXACT);
  }

  static ExportedModel in(Path directory, Layout layout, String special, WeightFormat format) {
    Settings settings =
        new SettingsLoader().text("test", SHAPE).text("test", special).load(Purpose.GENERATE);
    ModelConfig model = settings.model().toConfig(0, 0);
    float[] values = new float[(int) ParameterTable.of(model).length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 0.5f;
    }
    FlatVector vector = Engines.named("torch").vector(values.length, Device.cpu(1));
    vector.write(0, FloatBuffer.wrap(values));
    Provenance provenance = new Provenance("", "abc", 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(7, 700, 3, 1.5, Skips.NONE, Map.of(), provenance);
    ExportedModel exported = new ExportedModel(directory, model, values);
    new ModelExport(model, settings, state, SmallTokenizer.source(), OptionalDouble.empty())
        .write(layout, format, vector, exported.files());
    return exported;
  }

  static ModelDirectory at(Path directory) {
    return new ModelDirectory(directory.toString(), new Configuration(false));
  }

  ModelDirectory files() {
    return at(directory);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  ModelConfig model() {
    return model;
  }

  float[] parameters() {
    return parameters.clone();
  }

  /** The parameters as they are read. */
  float[] read() {
    FlatVector into = Engines.named("torch").vector(parameters.length, Device.cpu(1));
    new ModelImport(files()).read(model, into);
    float[] values = new float[parameters.length];
    into.read(0, FloatBuffer.wrap(values));
    return values;
  }

  /** The model as the settings of an import describe it. */
  ModelConfig imported() {
    return new SettingsLoader()
        .text("test", "training { learning-rate = 1, steps = 1 }")
        .text("test", new ModelImport(files()).settings())
        .load(Purpose.GENERATE)
        .model()
        .toConfig(0, 0);
  }

  /** Changes config.json. */
  ExportedModel config(Consumer<ObjectNode> change) {
    try {
      ObjectNode config = (ObjectNode) JSON.readTree(file(ModelDirectory.CONFIG).toFile());
      change.accept(config);
      Files.writeString(file(ModelDirectory.CONFIG), config.toString());
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves only what transformers writes. */
  ExportedModel withoutSection() {
    return config(config -> config.remove(ModelExport.SECTION));
  }

  /** The bytes of all tensors by name, and the JSON of their types and shapes. */
  Map<String, Tensor> tensors() throws IOException {
    return tensors(directory);
  }

  /** The same of another export. */
  static Map<String, Tensor> tensors(Path directory) throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve(ModelDirectory.TENSORS)));
    byte[] header = new byte[(int) file.order(ByteOrder.LITTLE_ENDIAN).getLong()];
    file.get(header);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : JSON.readTree(header).properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        JsonNode at = entry.getValue().get("data_offsets");
        byte[] data = new byte[at.get(1).asInt() - at.get(0).asInt()];
        file.get(data);
        tensors.put(entry.getKey(), new Tensor(entry.getValue().get("shape"), data));
      }
    }
    return tensors;
  }

  /** Data are shared with whoever has it, so that a test can change them. */
  @SuppressWarnings("ArrayRecordComponent")
  record Tensor(JsonNode shape, byte[] data) {}

  /** Writes a safetensors file. */
  void write(String name, Map<String, Tensor> tensors) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    int end = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "F32");
      entry.set("shape", tensor.getValue().shape());
      entry.putArray("data_offsets").add(end).add(end += tensor.getValue().data().length);
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + json.length + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    tensors.values().forEach(tensor -> file.put(tensor.data()));
    Files.write(file(name), file.array());
  }
}
