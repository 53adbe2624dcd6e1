package dev.larkspur.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A small random model in the files of a published one, and what transformers computes from them:
 * written once more from the classes of transformers, in plain loops over doubles, by the names of
 * the tensors and of the fields of {@code config.json}.
 */
final class PublishedModel {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode config;
  private final Map<String, double[]> tensors = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Random random = new Random(17);
  private final String prefix;

  /** Draws the tensors of the model that a {@code config.json} describes. */
  PublishedModel(String json) {
    try {
      config = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
    prefix = isNeoX() ? "gpt_neox." : "model.";
    int hidden = number("hidden_size");
    int inner = number("intermediate_size");
    add(prefix + (isNeoX() ? "embed_in" : "embed_tokens"), number("vocab_size"), hidden);
    for (int layer = 0; layer < number("num_hidden_layers"); layer++) {
      String at = prefix + "layers." + layer + ".";
      norm(at + "input_layernorm", hidden);
      norm(at + "post_attention_layernorm", hidden);
      if (isNeoX()) {
        affine(at + "attention.query_key_value", 3 * hidden, hidden, true);
        affine(at + "attention.dense", hidden, hidden, true);
        affine(at + "mlp.dense_h_to_4h", inner, hidden, true);
        affine(at + "mlp.dense_4h_to_h", hidden, inner, true);
      } else {
        int queries = number("num_attention_heads") * headDim();
        int keys = number("num_key_value_heads") * headDim();
        boolean all = config.path("attention_bias").asBoolean();
        boolean some = all || config.get("model_type").asText().equals("qwen2");
        affine(at + "self_attn.q_proj", queries, hidden, some);
        affine(at + "self_attn.k_proj", keys, hidden, some);
        affine(at + "self_attn.v_proj", keys, hidden, some);
        affine(at + "self_attn.o_proj", hidden, queries, all);
        affine(at + "mlp.gate_proj", inner, hidden, false);
        affine(at + "mlp.up_proj", inner, hidden, false);
        affine(at + "mlp.down_proj", hidden, inner, false);
      }
    }
    norm(prefix + (isNeoX() ? "final_layer_norm" : "norm"), hidden);
    if (!config.path("tie_word_embeddings").asBoolean()) {
      add(isNeoX() ? "embed_out" : "lm_head", number("vocab_size"), hidden);
    }
  }

  private boolean isNeoX() {
    return config.get("model_type").asText().equals("gpt_neox");
  }

  private int number(String field) {
    return config.get(field).asInt();
  }

  private int headDim() {
    return config.path("head_dim").asInt(number("hidden_size") / number("num_attention_heads"));
  }

  private void norm(String name, int width) {
    add(name, width);
    if (isNeoX()) {
      addBias(name, width);
    }
  }

  private void affine(String name, int out, int in, boolean bias) {
    add(name, out, in);
    if (bias) {
      addBias(name, out);
    }
  }

  private void add(String name, int... shape) {
    put(name + ".weight", shape);
  }

  private void addBias(String name, int width) {
    put(name + ".bias", width);
  }

  private void put(String name, int... shape) {
    int size = 1;
    for (int axis : shape) {
      size *= axis;
    }
    // Multiples of 1/64 below 1 are exact in every type of the files.
    tensors.put(name, random.ints(size, -48, 49).mapToDouble(i -> i / 64.0).toArray());
    shapes.put(name, shape);
  }

  /**
   * Writes it as published models are: 16-bit floats in two shards with an index.
   *
   * @param type BF16 or F16
   */
  void write(Path directory, String type) throws IOException {
    Files.writeString(directory.resolve("config.json"), config.toString());
    Files.write(directory.resolve("tokenizer.json"), SmallTokenizer.source().file());
    List<String> names = new ArrayList<>(tensors.keySet());
    ObjectNode index = JSON.createObjectNode();
    index
        .putObject("metadata")
        .put("total_size", 2L * tensors.values().stream().mapToInt(v -> v.length).sum());
    ObjectNode map = index.putObject("weight_map");
    for (int shard = 0; shard < 2; shard++) {
      String file = "model-0000%d-of-00002.safetensors".formatted(shard + 1);
      List<String> own = names.subList(shard * names.size() / 2, (shard + 1) * names.size() / 2);
      own.forEach(name -> map.put(name, file));
      writeShard(directory.resolve(file), own, type);
    }
    Files.writeString(directory.resolve("model.safetensors.index.json"), index.toString());
  }

  private void writeShard(Path file, List<String> names, String type) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (String name : names) {
      int begin = data.size();
      double[] values = tensors.get(name);
      ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      for (double value : values) {
        bytes.putShort(type.equals("BF16") ? bfloat16(value) : half(value));
      }
      data.write(bytes.array());
      ObjectNode entry = header.putObject(name).put("dtype", type);
      for (int axis : shapes.get(name)) {
        entry.withArray("shape").add(axis);
      }
      entry.putArray("data_offsets").add(begin).add(data.size());
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, all.putLong(json.length).put(json).put(data.toByteArray()).array());
  }

  private static short bfloat16(double value) {
    return (short) (Float.floatToIntBits((float) value) >>> 16);
  }

  /** Of a multiple of 1/64 below 1. */
  private static short half(double value) {
    if (value == 0) {
      return 0;
    }
    int exponent = Math.getExponent(value);
    int mantissa = (int) ((Math.abs(value) / Math.pow(2, exponent) - 1) * 1024);
    return (short) ((value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | mantissa);
  }

  /** Summed negative log-likelihood of each token after the first. */
  double loss(int[] ids) {
    int length = ids.length - 1;
    double[][] x = new double[length][];
    for (int t = 0; t < length; t++) {
      x[t] = row(prefix + (isNeoX() ? "embed_in" : "embed_tokens"), ids[t]);
    }
    for (int layer = 0; layer < number("num_hidden_layers"); layer++) {
      String at = prefix + "layers." + layer + ".";
      double[][] attended = attention(normed(x, at + "input_layernorm"), at);
      double[][] middle = sum(x, attended);
      boolean parallel = isNeoX() && config.path("use_parallel_residual").asBoolean(true);
      double[][] read = normed(parallel ? x : middle, at + "post_attention_layernorm");
      x = sum(middle, isNeoX() ? gelu(read, at) : swiglu(read, at));
    }
    x = normed(x, prefix + (isNeoX() ? "final_layer_norm" : "norm"));
    String head = isNeoX() ? "embed_out" : "lm_head";
    String embedding = prefix + (isNeoX() ? "embed_in" : "embed_tokens");
    double[][] logits = product(x, tensors.containsKey(head + ".weight") ? head : embedding);
    double loss = 0;
    for (int t = 0; t < length; t++) {
      double total = 0;
      for (double logit : logits[t]) {
        total += Math.exp(logit);
      }
      loss += Math.log(total) - logits[t][ids[t + 1]];
    }
    return loss;
  }

  private double[][] attention(double[][] x, String at) {
    int heads = number("num_attention_heads");
    int kvHeads = isNeoX() ? heads : number("num_key_value_heads");
    int width = headDim();
    double[][][] q = new double[heads][][];
    double[][][] k = new double[heads][][];
    double[][][] v = new double[heads][][];
    double[][] fused = isNeoX() ? product(x, at + "attention.query_key_value") : null;
    for (int head = 0; head < heads; head++) {
      int shared = head / (heads / kvHeads);
      q[head] =
          isNeoX()
              ? columns(fused, 3 * head * width, width)
              : columns(product(x, at + "self_attn.q_proj"), head * width, width);
      k[head] =
          isNeoX()
              ? columns(fused, (3 * head + 1) * width, width)
              : columns(product(x, at + "self_attn.k_proj"), shared * width, width);
      v[head] =
          isNeoX()
              ? columns(fused, (3 * head + 2) * width, width)
              : columns(product(x, at + "self_attn.v_proj"), shared * width, width);
    }
    double[][] mixed = new double[x.length][heads * width];
    for (int head = 0; head < heads; head++) {
      rotate(q[head]);
      rotate(k[head]);
      for (int t = 0; t < x.length; t++) {
        double[] weight = new double[t + 1];
        double total = 0;
        for (int s = 0; s <= t; s++) {
          weight[s] = Math.exp(dot(q[head][t], k[head][s]) / Math.sqrt(width));
          total += weight[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < width; i++) {
            mixed[t][head * width + i] += weight[s] / total * v[head][s][i];
          }
        }
      }
    }
    return product(mixed, at + (isNeoX() ? "attention.dense" : "self_attn.o_proj"));
  }

  /** {@code apply_rotary_pos_emb} on the first coordinates, position by position. */
  private void rotate(double[][] head) {
    int width = headDim();
    int turned = isNeoX() ? (int) (width * config.get("rotary_pct").asDouble()) : width;
    double base = config.path(isNeoX() ? "rotary_emb_base" : "rope_theta").asDouble();
    for (int t = 0; t < head.length; t++) {
      double[] before = head[t].clone();
      for (int i = 0; i < turned; i++) {
        int pair = i % (turned / 2);
        double angle = t * scaled(Math.pow(base, -2.0 * pair / turned));
        double other = i < turned / 2 ? -before[i + turned / 2] : before[i - turned / 2];
        head[t][i] = before[i] * Math.cos(angle) + other * Math.sin(angle);
      }
    }
  }

  /** {@code _compute_llama3_parameters}. */
  private double scaled(double frequency) {
    JsonNode scaling = config.path("rope_scaling");
    if (!scaling.isObject()) {
      return frequency;
    }
    double low = scaling.get("low_freq_factor").asDouble();
    double high = scaling.get("high_freq_factor").asDouble();
    double factor = scaling.get("factor").asDouble();
    double context = scaling.get("original_max_position_embeddings").asDouble();
    double wavelength = 2 * Math.PI / frequency;
    double kept = wavelength > context / low ? frequency / factor : frequency;
    double smooth = (context / wavelength - low) / (high - low);
    boolean medium = wavelength >= context / high && wavelength <= context / low;
    return medium ? (1 - smooth) * kept / factor + smooth * kept : kept;
  }

  private double[][] gelu(double[][] x, String at) {
    double[][] inner = product(x, at + "mlp.dense_h_to_4h");
    for (double[] row : inner) {
      for (int i = 0; i < row.length; i++) {
        row[i] *= 0.5 * (1 + erf(row[i] / Math.sqrt(2)));
      }
    }
    return product(inner, at + "mlp.dense_4h_to_h");
  }

  /** By its Maclaurin series, which converges for all values here. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 300; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private double[][] swiglu(double[][] x, String at) {
    double[][] gate = product(x, at + "mlp.gate_proj");
    double[][] up = product(x, at + "mlp.up_proj");
    for (int t = 0; t < up.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        up[t][i] *= gate[t][i] / (1 + Math.exp(-gate[t][i]));
      }
    }
    return product(up, at + "mlp.down_proj");
  }

  private double[][] normed(double[][] x, String name) {
    double epsilon = config.get(isNeoX() ? "layer_norm_eps" : "rms_norm_eps").asDouble();
    double[] weight = tensors.get(name + ".weight");
    double[][] result = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      double mean = isNeoX() ? dot(x[t], ones(weight.length)) / weight.length : 0;
      double[] centred = x[t].clone();
      for (int i = 0; i < centred.length; i++) {
        centred[i] -= mean;
      }
      double root = Math.sqrt(dot(centred, centred) / weight.length + epsilon);
      for (int i = 0; i < weight.length; i++) {
        double bias = isNeoX() ? tensors.get(name + ".bias")[i] : 0;
        result[t][i] = centred[i] / root * weight[i] + bias;
      }
    }
    return result;
  }

  private double[][] product(double[][] x, String name) {
    int out = shapes.get(name + ".weight")[0];
    double[] bias = tensors.getOrDefault(name + ".bias", new double[out]);
    double[][] result = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < out; o++) {
        result[t][o] = dot(x[t], row(name, o)) + bias[o];
      }
    }
    return result;
  }

  private double[] row(String name, int index) {
    int width = shapes.get(name + ".weight")[1];
    return Arrays.copyOfRange(tensors.get(name + ".weight"), index * width, (index + 1) * width);
  }

  private static double[][] columns(double[][] x, int from, int count) {
    return Arrays.stream(x)
        .map(row -> Arrays.copyOfRange(row, from, from + count))
        .toArray(double[][]::new);
  }

  private static double[][] sum(double[][] a, double[][] b) {
    double[][] result = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < a[t].length; i++) {
        result[t][i] = a[t][i] + b[t][i];
      }
    }
    return result;
  }

  private static double[] ones(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
