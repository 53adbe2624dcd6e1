package dev.larkspur.benchmark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link ExchangeBenchmark} has measured.
 *
 * @param bandwidths by size
 * @param steps of training
 */
public record ExchangeReport(List<Bandwidth> bandwidths, StepTimes steps) implements Serializable {
  /** Copies the list. */
  public ExchangeReport {
    bandwidths = new ArrayList<>(bandwidths);
  }
}
