package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * The result of an {@link EngineBenchmark}.
 *
 * @param machine what was measured on
 * @param shape of models and steps
 * @param engines results by kind, in the order of the kinds; the reference comes last
 */
public record EngineReport(
    MeasuredMachine machine, @JsonUnwrapped Shape shape, List<EngineMeasured> engines) {
  /** Copies the list. */
  public EngineReport {
    engines = List.copyOf(engines);
  }

  /**
   * Where it was measured.
   *
   * @param processor model and instruction sets
   * @param device processor and its threads
   * @param precision of the matrix products
   */
  public record MeasuredMachine(String processor, String device, String precision) {}

  /**
   * Sizes of models and steps.
   *
   * @param width hidden dimension
   * @param layers of the decoder
   * @param vocabulary entries of the embedding
   * @param context tokens of a sequence
   * @param stepTokens tokens of a step
   */
  public record Shape(int width, int layers, int vocabulary, int context, long stepTokens) {}

  /**
   * One engine with one kind of feed-forward network.
   *
   * @param kind label
   * @param parameters of the model
   * @param engine name and version
   * @param step a whole training step
   * @param peakBytes peak resident memory of its process; NaN if the system does not report it
   * @param agreement with the reference, before the first step
   */
  public record EngineMeasured(
      String kind,
      long parameters,
      String engine,
      StepTime step,
      double peakBytes,
      Agreement agreement) {}

  /**
   * How long a training step takes.
   *
   * @param wall seconds by the wall clock
   * @param processor seconds of processor time of all threads, by step, in units of 10 ms; NaN if
   *     the system does not report it
   * @param speed by the wall clock, as a multiple of the reference's, by round
   */
  public record StepTime(Seconds wall, Seconds processor, Speed speed) {}

  /**
   * Speed as a multiple of the reference's.
   *
   * @param rounds speed in each round, in which both steps are measured one after the other
   */
  public record Speed(List<Double> rounds) {
    /** Copies the list. */
    public Speed {
      rounds = List.copyOf(rounds);
    }

    static Speed of(Seconds engine, Seconds reference) {
      return new Speed(
          IntStream.range(0, engine.rounds().size())
              .mapToObj(i -> reference.rounds().get(i) / engine.rounds().get(i))
              .toList());
    }

    /** The median of the rounds. */
    @JsonProperty
    public double median() {
      return new Median().evaluate(rounds.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /**
   * Differences of loss and gradient from the reference, with the same parameters and tokens.
   *
   * @param loss relative difference
   * @param gradient largest relative difference of a parameter's gradient
   */
  public record Agreement(double loss, Difference gradient) {}

  /**
   * Difference of the values of one parameter from the expected ones.
   *
   * @param parameter name
   * @param relative Euclidean norm of the difference over that of the expected values
   */
  public record Difference(String parameter, double relative) {}
}
