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
}
