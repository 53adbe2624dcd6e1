package dev.larkspur.benchmark;

import java.util.List;

/**
 * How fast a part was.
 *
 * @param name of the part
 * @param tokens gone through in one run of it
 * @param tokensPerCpuSecond by round
 */
public record Measured(String name, long tokens, List<Double> tokensPerCpuSecond) {
  /** Copies the list. */
  public Measured {
    tokensPerCpuSecond = List.copyOf(tokensPerCpuSecond);
  }

  /** The median of the rounds. */
  public double median() {
    List<Double> sorted = tokensPerCpuSecond.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The slowest round. */
  public double least() {
    return tokensPerCpuSecond.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** The fastest round. */
  public double most() {
    return tokensPerCpuSecond.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
