package dev.larkspur.engine.torch;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;

/** The decoder of the paper once more, in plain loops over doubles and without any library. */
final class ReferenceDecoder {
  private final ModelConfig config;
  private final ParameterTable table;
  private final double[] parameters;

  ReferenceDecoder(ModelConfig config, double[] parameters) {
    this.config = config;
    this.table = ParameterTable.of(config);
    this.parameters = parameters;
  }

  /** Summed negative log-likelihood of the labels of one block of context + 1 ids. */
  double loss(int[] block) {
    int length = block.length - 1;
    double[][] x = new double[length][];
    for (int t = 0; t < length; t++) {
      x[t] = row("embedding.weight", block[t]);
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "layers." + layer;
      add(x, attention(norm(x, at + ".attention.norm"), at + ".attention"));
      double[][] inner = project(norm(x, at + ".ffn.norm"), at + ".ffn.up");
      for (double[] values : inner) {
        for (int i = 0; i < values.length; i++) {
          values[i] = gelu(values[i]);
        }
      }
      add(x, project(inner, at + ".ffn.down"));
    }
    x = norm(x, "norm");
    double loss = 0;
    for (int t = 0; t < length; t++) {
      double total = 0;
      for (int token = 0; token < config.vocabulary(); token++) {
        total += Math.exp(dot(x[t], row("embedding.weight", token)));
      }
      loss += Math.log(total) - dot(x[t], row("embedding.weight", block[t + 1]));
    }
    return loss;
  }

  /** x·Φ(x), with Φ by numerical integration of the Gaussian density. */
  static double gelu(double x) {
    int steps = 20_000;
    double width = Math.abs(x) / steps;
    double area = 0;
    for (int i = 0; i < steps; i++) {
      double z = (i + 0.5) * width;
      area += Math.exp(-z * z / 2) * width;
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
    int half = head.length / 2;
    double[] turned = new double[head.length];
    for (int i = 0; i < half; i++) {
      double angle = position / Math.pow(config.ropeBase(), 2.0 * i / head.length);
      turned[i] = head[i] * Math.cos(angle) - head[i + half] * Math.sin(angle);
      turned[i + half] = head[i + half] * Math.cos(angle) + head[i] * Math.sin(angle);
    }
    return turned;
  }

  private double[][] norm(double[][] x, String name) {
    double[] weight = vector(name + ".weight");
    double[] bias = vector(name + ".bias");
    double[][] result = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += value / weight.length;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / weight.length;
      }
      for (int i = 0; i < weight.length; i++) {
        result[t][i] =
            (x[t][i] - mean) / Math.sqrt(variance + config.normEpsilon()) * weight[i] + bias[i];
      }
    }
    return result;
  }

  private double[][] project(double[][] x, String name) {
    double[] bias = vector(name + ".bias");
    boolean dense = table.parameters().stream().anyMatch(p -> p.name().equals(name + ".weight"));
    double[][] y =
        dense
            ? multiply(x, name + ".weight")
            : multiply(multiply(x, name + ".v.weight"), name + ".u.weight");
    for (double[] row : y) {
      for (int i = 0; i < row.length; i++) {
        row[i] += bias[i];
      }
    }
    return y;
  }

  private double[][] multiply(double[][] x, String name) {
    int out = table.parameter(name).shape().get(0);
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < out; o++) {
        y[t][o] = dot(x[t], row(name, o));
      }
    }
    return y;
  }

  private double[] row(String name, int index) {
    Parameter parameter = table.parameter(name);
    int width = parameter.shape().get(1);
    return slice(parameters, (int) parameter.offset() + index * width, width);
  }

  private double[] vector(String name) {
    Parameter parameter = table.parameter(name);
    return slice(parameters, (int) parameter.offset(), (int) parameter.size());
  }

  private static double[] slice(double[] values, int from, int length) {
    return java.util.Arrays.copyOfRange(values, from, from + length);
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
