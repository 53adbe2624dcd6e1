package dev.larkspur.benchmark;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.DeviceChoice;
import dev.larkspur.settings.ExchangeSettings;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link ExchangeBenchmark} is to measure.
 *
 * @param workers number of tasks
 * @param rounds how often each thing is measured
 * @param sizes bytes of the vectors to sum up, in fp32
 * @param model to train
 * @param engine name of the engine
 * @param device what to compute on
 * @param threads of a worker on a CPU
 * @param precision the arithmetic
 * @param microBatch sequences of one pass
 * @param passes of one step of a worker
 * @param exchange how workers meet and exchange
 */
public record ExchangePlan(
    int workers,
    int rounds,
    List<Long> sizes,
    ModelConfig model,
    String engine,
    DeviceChoice device,
    int threads,
    Precision precision,
    int microBatch,
    int passes,
    ExchangeSettings exchange)
    implements Serializable {
  /** Copies the list. */
  public ExchangePlan {
    sizes = new ArrayList<>(sizes);
  }
}
