package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;

/**
 * Training steps of one worker alone and of all together, each with the same batch a worker.
 *
 * @param workers number of workers
 * @param tokens of one worker's batch
 * @param parameters of the model
 * @param alone step of one worker while the others sleep; nothing is exchanged
 * @param apart step of all workers at the same time; nothing is exchanged
 * @param overlapped step of all workers, gradients exchanged beside the backward pass
 * @param waited part of the overlapped step after the backward pass, until the exchange is done, of
 *     the worker that waited least: the others also waited for it
 * @param exchange the exchange by itself, begun by all at the same time
 * @param aloneProcessor processor time of all workers' processes in a step of one alone
 * @param overlappedProcessor the same in an overlapped step of all
 */
public record StepTimes(
    int workers,
    long tokens,
    long parameters,
    Seconds alone,
    Seconds apart,
    Seconds overlapped,
    Seconds waited,
    Seconds exchange,
    Seconds aloneProcessor,
    Seconds overlappedProcessor)
    implements Serializable {

  /** Share of the exchange that is hidden behind the backward pass. */
  @JsonProperty
  public double hidden() {
    return 1 - waited.median() / exchange.median();
  }

  /** How often faster all workers train than one. */
  @JsonProperty
  public double speedup() {
    return workers * alone.median() / overlapped.median();
  }

  /**
   * The same by processor time, which other processes on the machine hardly touch: what {@link
   * #speedup} is if each worker has its cores to itself and none waits for another.
   */
  @JsonProperty
  public double speedupByProcessorTime() {
    return workers * workers * aloneProcessor.median() / overlappedProcessor.median();
  }

  /** The same if the exchange took no time: what the machine gives. */
  @JsonProperty
  public double speedupWithoutExchange() {
    return workers * alone.median() / apart.median();
  }
}
