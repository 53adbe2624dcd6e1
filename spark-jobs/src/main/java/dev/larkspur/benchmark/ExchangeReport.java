package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
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

  /**
   * How fast a vector of gradients is summed over all workers, beside a copy over plain sockets of
   * as many bytes as the exchange in fp32 sends and receives.
   *
   * @param values of the vector
   * @param wireBytes that each worker sends in fp32: 2 (W - 1) / W of the vector
   * @param fp32 the all-reduce with fp32 on the wire
   * @param bf16 the all-reduce with bf16 on the wire, half the bytes
   * @param socket the copy
   */
  public record Bandwidth(long values, long wireBytes, Seconds fp32, Seconds bf16, Seconds socket)
      implements Serializable {

    /** Gigabytes that each worker sends in a second, in fp32. */
    @JsonProperty
    public double gigabytesPerSecond() {
      return wireBytes / fp32.median() / 1e9;
    }

    /** The same of the copy. */
    @JsonProperty
    public double socketGigabytesPerSecond() {
      return wireBytes / socket.median() / 1e9;
    }

    /** Bandwidth of the all-reduce in fp32 as a share of that of the copy. */
    @JsonProperty
    public double ratio() {
      return socket.median() / fp32.median();
    }
  }

  /**
   * Training steps of one worker alone and of all together, each with the same batch a worker.
   *
   * @param load what was trained
   * @param alone step of one worker while the others sleep; nothing is exchanged
   * @param apart step of all workers at the same time; nothing is exchanged
   * @param overlapped step of all workers, gradients exchanged beside the backward pass
   * @param waited part of the overlapped step after the backward pass, until the exchange is done,
   *     of the worker that waited least: the others also waited for it
   * @param exchange the exchange by itself, begun by all at the same time
   * @param processor processor time of steps
   */
  public record StepTimes(
      @JsonUnwrapped Load load,
      Seconds alone,
      Seconds apart,
      Seconds overlapped,
      Seconds waited,
      Seconds exchange,
      @JsonUnwrapped Processor processor)
      implements Serializable {

    /**
     * What was trained.
     *
     * @param workers number of workers
     * @param tokens of one worker's batch
     * @param parameters of the model
     */
    public record Load(int workers, long tokens, long parameters) implements Serializable {}

    /**
     * Processor time of all workers' processes.
     *
     * @param aloneProcessor in a step of one worker alone
     * @param overlappedProcessor in an overlapped step of all
     */
    public record Processor(Seconds aloneProcessor, Seconds overlappedProcessor)
        implements Serializable {}

    /** Share of the exchange that is hidden behind the backward pass. */
    @JsonProperty
    public double hidden() {
      return 1 - waited.median() / exchange.median();
    }

    /** How often faster all workers train than one. */
    @JsonProperty
    public double speedup() {
      return load.workers() * alone.median() / overlapped.median();
    }

    /**
     * The same by processor time, which other processes on the machine hardly touch: what {@link
     * #speedup} is if each worker has its cores to itself and none waits for another.
     */
    @JsonProperty
    public double speedupByProcessorTime() {
      double one = processor.aloneProcessor().median();
      double all = processor.overlappedProcessor().median();
      return load.workers() * load.workers() * one / all;
    }

    /** The same if the exchange took no time: what the machine gives. */
    @JsonProperty
    public double speedupWithoutExchange() {
      return load.workers() * alone.median() / apart.median();
    }
  }
}
