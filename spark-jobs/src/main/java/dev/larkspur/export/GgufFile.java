package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Gguf;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.safetensors.TensorFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A GGUF file of the architecture {@code llama}, which llama.cpp reads, with its tokenizer.
 *
 * @param type of matrices; vectors are 32-bit floats, as llama.cpp needs them
 */
record GgufFile(ModelExport export, DataType type) {
  private static final int ALL_F32 = 0;
  private static final int MOSTLY_BF16 = 32;
  private static final String SCALES = "rope_freqs.weight";

  /**
   * Checks the tokenizer.
   *
   * @throws dev.larkspur.storage.BadInputException if the format cannot describe it
   */
  void check() {
    GgufTokenizer.of(export.tokenizer(), export.model().vocabulary());
  }

  /** Writes the file; does not close the stream. */
  void write(OutputStream out, Safetensors.Elements parameters) throws IOException {
    ModelConfig model = export.model();
    float[] scales = scales();
    GgufHeader header = new GgufHeader();
    describe(header);
    GgufTokenizer.of(export.tokenizer(), model.vocabulary()).addTo(header, export.tokenizer());
    if (scales.length > 0) {
      header.add(SCALES, List.of(scales.length), DataType.F32);
    }
    List<FileTensor> tensors = Gguf.tensors(model);
    tensors.forEach(tensor -> header.add(tensor.name(), tensor.shape(), typeOf(tensor)));
    out.write(header.toBytes());
    if (scales.length > 0) {
      ByteBuffer bytes =
          ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(scales);
      out.write(bytes.array());
      out.write(new byte[GgufHeader.padding(bytes.capacity())]);
    }
    for (FileTensor tensor : tensors) {
      TensorFile.writeElements(out, tensor, typeOf(tensor), parameters);
      out.write(new byte[GgufHeader.padding(tensor.size() * typeOf(tensor).bytes())]);
    }
  }

  private DataType typeOf(FileTensor tensor) {
    return tensor.shape().size() == 1 ? DataType.F32 : type;
  }

  private void describe(GgufHeader header) {
    ModelConfig model = export.model();
    Positions.Rotary rotary = (Positions.Rotary) model.variant().positions();
    header.put("general.architecture", "llama");
    header.put("general.name", "larkspur");
    header.put("general.file_type", type == DataType.F32 ? ALL_F32 : MOSTLY_BF16);
    header.put("llama.vocab_size", model.vocabulary());
    header.put("llama.context_length", model.context());
    header.put("llama.embedding_length", model.hiddenDim());
    header.put("llama.block_count", model.layers());
    header.put("llama.feed_forward_length", model.ffn().dim());
    header.put("llama.attention.head_count", model.attention().queryHeads());
    header.put("llama.attention.head_count_kv", model.attention().kvHeads());
    header.put("llama.attention.key_length", model.attention().headDim());
    header.put("llama.attention.value_length", model.attention().headDim());
    header.put("llama.attention.layer_norm_rms_epsilon", (float) model.variant().normEpsilon());
    header.put("llama.rope.dimension_count", model.attention().headDim());
    header.put("llama.rope.freq_base", (float) rotary.base());
  }

  /** Divisors of the frequencies; none if they are not scaled. */
  private float[] scales() {
    ModelConfig model = export.model();
    Positions.Rotary rotary = (Positions.Rotary) model.variant().positions();
    if (rotary.scaling() instanceof Scaling.None) {
      return new float[0];
    }
    int width = model.attention().headDim();
    double[] plain = new Positions.Rotary(rotary.base()).frequencies(width);
    double[] scaled = rotary.frequencies(width);
    float[] scales = new float[plain.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) (plain[i] / scaled[i]);
    }
    return scales;
  }
}
