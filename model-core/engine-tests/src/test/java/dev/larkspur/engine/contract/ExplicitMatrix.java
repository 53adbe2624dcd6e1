package dev.larkspur.engine.contract;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;

/**
 * The dense matrix that a structured product stands for, element by element from its definition.
 */
public final class ExplicitMatrix {
  private ExplicitMatrix() {}

  static boolean has(ParameterTable table, String name) {
    return table.parameters().stream().anyMatch(parameter -> parameter.name().equals(name));
  }

  /** [out][in] of the projection of that name. */
  public static double[][] of(ParameterTable table, double[] values, String name) {
    if (has(table, name + ".weight")) {
      return blockDiagonal(table.parameter(name + ".weight"), values);
    }
    Parameter u = table.parameter(name + ".u.weight");
    Parameter v = table.parameter(name + ".v.weight");
    double[][] left = blockDiagonal(u, values);
    double[][] right = blockDiagonal(v, values);
    if (u.shape().size() == 2) {
      return multiply(left, right);
    }
    int blocks = u.shape().get(0);
    double[][] forth = shuffle(right.length, blocks);
    double[][] back = transpose(shuffle(left.length, blocks));
    return multiply(back, multiply(left, multiply(forth, right)));
  }

  /** The permutation that takes feature i · blocks + b to i of block b. */
  private static double[][] shuffle(int size, int blocks) {
    double[][] permutation = new double[size][size];
    for (int feature = 0; feature < size; feature++) {
      int block = feature % blocks;
      int place = feature / blocks;
      permutation[block * (size / blocks) + place][feature] = 1;
    }
    return permutation;
  }

  private static double[][] blockDiagonal(Parameter parameter, double[] values) {
    int dims = parameter.shape().size();
    int out = parameter.shape().get(dims - 2);
    int in = parameter.shape().get(dims - 1);
    int blocks = (int) parameter.size() / out / in;
    double[][] matrix = new double[blocks * out][blocks * in];
    int next = (int) parameter.offset();
    for (int row = 0; row < blocks * out; row++) {
      for (int i = 0; i < in; i++) {
        matrix[row][row / out * in + i] = values[next++];
      }
    }
    return matrix;
  }

  private static double[][] multiply(double[][] a, double[][] b) {
    double[][] product = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[k].length; j++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] transpose(double[][] a) {
    double[][] transposed = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[i].length; j++) {
        transposed[j][i] = a[i][j];
      }
    }
    return transposed;
  }
}
