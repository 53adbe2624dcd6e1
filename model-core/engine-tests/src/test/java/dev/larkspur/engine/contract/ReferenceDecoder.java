package dev.larkspur.engine.contract;

import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.Arrays;

/**
 * The decoder in all its variants once more, in plain loops over doubles and without any library.
 */
public final class ReferenceDecoder {
  private final ModelConfig config;
  private final ParameterTable table;
  private final double[] parameters;
  private final double[] guideWeights;

  /**
   * One without guides.
   *
   * @param parameters flat, in the order of the model's table
   */
  public ReferenceDecoder(ModelConfig config, double[] parameters) {
    this(config, parameters, new double[config.layers()]);
  }

  /**
   * A guided one.
   *
   * @param guideWeights of each layer
   */
  ReferenceDecoder(ModelConfig config, double[] parameters, double[] guideWeights) {
    this.guideWeights = guideWeights;
    this.config = config;
    this.table = ParameterTable.of(config);
    this.parameters = parameters;
  }

  /** Summed negative log-likelihood of the labels of all blocks. */
  double loss(TokenBatch batch) {
    double loss = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      int from = batch.offset(i);
      loss += loss(Arrays.copyOfRange(batch.ids(), from, from + config.context() + 1));
    }
    return loss;
  }

  /**
   * Summed negative log-likelihood, in nats, of all ids but the first, of at most context + 1 ids.
   */
  public double loss(int[] block) {
    int length = block.length - 1;
    double[][] x = new double[length][];
    for (int t = 0; t < length; t++) {
      x[t] = row("embedding.weight", block[t]);
      if (config.variant().positions() instanceof Positions.Learned) {
        add(new double[][] {x[t]}, new double[][] {row("positions.weight", t)});
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "layers." + layer;
      double[][] input = Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
      add(x, attention(norm(x, at + ".attention.norm"), at + ".attention"));
      double[][] read = config.variant().residual() == Residual.PARALLEL ? input : x;
      add(x, ffn(norm(read, at + ".ffn.norm"), at + ".ffn", guideWeights[layer]));
    }
    x = norm(x, "norm");
    String head = config.variant().tiedEmbedding() ? "embedding.weight" : "head.weight";
    double loss = 0;
    for (int t = 0; t < length; t++) {
      double total = 0;
      for (int token = 0; token < config.vocabulary(); token++) {
        total += Math.exp(dot(x[t], row(head, token)));
      }
      loss += Math.log(total) - dot(x[t], row(head, block[t + 1]));
    }
    return loss;
  }

  private double[][] ffn(double[][] x, String name, double guideWeight) {
    double[][] up = guided(x, name + ".up", guideWeight);
    boolean gated = config.ffn().activation() == Activation.SWIGLU;
    double[][] gate = gated ? guided(x, name + ".gate", guideWeight) : up;
    for (int t = 0; t < up.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        double g = gate[t][i];
        up[t][i] = gated ? g / (1 + Math.exp(-g)) * up[t][i] : gelu(g);
      }
    }
    return guided(up, name + ".down", guideWeight);
  }

  private double[][] guided(double[][] x, String name, double weight) {
    double[][] y = project(x, name);
    if (weight == 0 || !ExplicitMatrix.has(table, name + ".guide.weight")) {
      return y;
    }
    double[] bias = vector(name + ".bias", y[0].length);
    for (int t = 0; t < y.length; t++) {
      for (int o = 0; o < y[t].length; o++) {
        double structured = y[t][o] - bias[o];
        double guide = dot(x[t], row(name + ".guide.weight", o));
        y[t][o] = weight * guide + (1 - weight) * structured + bias[o];
      }
    }
    return y;
  }

  /** x·Φ(x), with Φ by Simpson's rule over the Gaussian density. */
  /** The exact one, x·Φ(x). */
  public static double gelu(double x) {
    int steps = 400;
    double width = Math.abs(x) / steps;
    double area = 0;
    for (int i = 0; i <= steps; i++) {
      double z = i * width;
      int share = i == 0 || i == steps ? 1 : 2 + 2 * (i % 2);
      area += share * Math.exp(-z * z / 2) * width / 3;
    }
    area /= Math.sqrt(2 * Math.PI);
    return x * (0.5 + Math.signum(x) * area);
  }

  private double[][] attention(double[][] x, String name) {
    AttentionConfig shape = config.attention();
    int width = shape.headDim();
    double[][] qkv = project(x, name + ".qkv");
    double[][] mixed = new double[x.length][shape.dim()];
    for (int head = 0; head < shape.queryHeads(); head++) {
      int kvHead = head / (shape.queryHeads() / shape.kvHeads());
      int q = head * width;
      int k = shape.dim() + kvHead * width;
      int v = shape.dim() + shape.kvDim() + kvHead * width;
      for (int t = 0; t < x.length; t++) {
        double[] query = turn(slice(qkv[t], q, width), t);
        double[] share = new double[t + 1];
        double total = 0;
        for (int s = 0; s <= t; s++) {
          double score = dot(query, turn(slice(qkv[s], k, width), s)) / Math.sqrt(width);
          share[s] = Math.exp(score);
          total += share[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < width; i++) {
            mixed[t][q + i] += share[s] / total * qkv[s][v + i];
          }
        }
      }
    }
    return project(mixed, name + ".out");
  }

  private double[] turn(double[] head, int position) {
    if (!(config.variant().positions() instanceof Positions.Rotary rotary)) {
      return head;
    }
    int half = (int) Math.floor(head.length * rotary.fraction()) / 2;
    double[] turned = head.clone();
    for (int i = 0; i < half; i++) {
      double angle = position * scaled(1 / Math.pow(rotary.base(), (double) i / half), rotary);
      turned[i] = head[i] * Math.cos(angle) - head[i + half] * Math.sin(angle);
      turned[i + half] = head[i + half] * Math.cos(angle) + head[i] * Math.sin(angle);
    }
    return turned;
  }

  /** As transformers' {@code _compute_llama3_parameters} computes it from wavelengths. */
  private static double scaled(double frequency, Positions.Rotary rotary) {
    if (!(rotary.scaling() instanceof Scaling.Llama3 scaling)) {
      return frequency;
    }
    double wavelength = 2 * Math.PI / frequency;
    double context = scaling.originalContext();
    if (wavelength < context / scaling.highFrequencyFactor()) {
      return frequency;
    }
    if (wavelength > context / scaling.lowFrequencyFactor()) {
      return frequency / scaling.factor();
    }
    double smooth =
        (context / wavelength - scaling.lowFrequencyFactor())
            / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
    return (1 - smooth) * frequency / scaling.factor() + smooth * frequency;
  }

  private double[][] norm(double[][] x, String name) {
    double[] weight = vector(name + ".weight", 0);
    double[] bias = vector(name + ".bias", weight.length);
    boolean centred = config.variant().norm() == Norm.LAYER_NORM;
    double[][] result = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += centred ? value / weight.length : 0;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / weight.length;
      }
      double root = Math.sqrt(variance + config.variant().normEpsilon());
      for (int i = 0; i < weight.length; i++) {
        result[t][i] = (x[t][i] - mean) / root * weight[i] + bias[i];
      }
    }
    return result;
  }

  private double[][] project(double[][] x, String name) {
    double[][] matrix = ExplicitMatrix.of(table, parameters, name);
    double[] bias = vector(name + ".bias", matrix.length);
    double[][] y = new double[x.length][matrix.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < matrix.length; o++) {
        y[t][o] = dot(x[t], matrix[o]) + bias[o];
      }
    }
    return y;
  }

  private double[] row(String name, int index) {
    Parameter parameter = table.parameter(name);
    int width = parameter.shape().get(1);
    return slice(parameters, (int) parameter.offset() + index * width, width);
  }

  /** A vector of the model, or zeros if it has none of that name. */
  private double[] vector(String name, int otherwise) {
    if (!ExplicitMatrix.has(table, name)) {
      return new double[otherwise];
    }
    Parameter parameter = table.parameter(name);
    return slice(parameters, (int) parameter.offset(), (int) parameter.size());
  }

  private static double[] slice(double[] values, int from, int length) {
    return Arrays.copyOfRange(values, from, from + length);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += y[t][i];
      }
    }
  }
}
