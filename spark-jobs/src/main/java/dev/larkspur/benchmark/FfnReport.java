package dev.larkspur.benchmark;

import java.util.List;

/**
 * What {@link FfnBenchmark} has measured.
 *
 * @param engine name and version of the library
 * @param device processor
 * @param precision of the matrix products
 * @param networks in the order of the measurements
 */
public record FfnReport(
    String engine, String device, String precision, List<FfnMeasured> networks) {
  /** Copies the list. */
  public FfnReport {
    networks = List.copyOf(networks);
  }

  /**
   * One feed-forward network, measured.
   *
   * @param width hidden width; the inner one is four times as large
   * @param tokens gone through at once
   * @param kind its label
   * @param parameters its weights, without biases
   * @param forward as in inference
   * @param training forward and backward
   */
  public record FfnMeasured(
      int width, int tokens, String kind, long parameters, Compared forward, Compared training) {}
}
