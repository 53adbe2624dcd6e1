package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of an {@link ExchangeBenchmark}.
 *
 * @param bandwidths of the all-reduce, by size
 * @param steps training steps
 * @param compression the compressed exchange beside the exact one; null if it was not measured
 */
public record ExchangeReport(
    List<Bandwidth> bandwidths,
    StepTimes steps,
    @JsonInclude(Include.NON_NULL) CompressionReport compression)
    implements Serializable {
  /** Copies the list. */
  public ExchangeReport {
    bandwidths = new ArrayList<>(bandwidths);
  }

  /**
   * Duration of an all-reduce of a gradient vector, beside a copy over plain sockets of as many
   * bytes as the exchange in fp32 sends and receives.
   *
   * @param values elements of the vector
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

    /** Gigabytes that each worker sends in a second in the copy. */
    @JsonProperty
    public double socketGigabytesPerSecond() {
      return wireBytes / socket.median() / 1e9;
    }

    /** Bandwidth of the all-reduce in fp32 as a fraction of that of the copy. */
    @JsonProperty
    public double ratio() {
      return socket.median() / fp32.median();
    }
  }

  /**
   * Training steps of one worker alone and of all workers, with the same batch per worker.
   *
   * @param load what was trained
   * @param alone step of one worker while the others sleep, without an exchange
   * @param apart step of all workers at the same time, without an exchange
   * @param overlapped step of all workers, with the exchange overlapped with the backward pass
   * @param waited time from the end of the backward pass to the end of the exchange, of the worker
   *     that waited least: the others also waited for it
   * @param exchange the exchange alone, begun by all workers at the same time
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

    /** Fraction of the exchange that is hidden behind the backward pass. */
    @JsonProperty
    public double hidden() {
      return 1 - waited.median() / exchange.median();
    }

    /** Speed of all workers together as a multiple of one worker's. */
    @JsonProperty
    public double speedup() {
      return load.workers() * alone.median() / overlapped.median();
    }

    /**
     * The speedup by processor time, which other processes on the machine hardly affect: what
     * {@link #speedup} would be if each worker had its own cores and never waited for another.
     */
    @JsonProperty
    public double speedupByProcessorTime() {
      double one = processor.aloneProcessor().median();
      double all = processor.overlappedProcessor().median();
      return load.workers() * load.workers() * one / all;
    }

    /** The speedup if the exchange took no time: the limit of this machine. */
    @JsonProperty
    public double speedupWithoutExchange() {
      return load.workers() * alone.median() / apart.median();
    }
  }
}
