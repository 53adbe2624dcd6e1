package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.StepPart;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * The result of a {@link StepBenchmark}.
 *
 * @param machine what was measured on
 * @param shape of models and steps
 * @param products single matrix products, by kind and precision of the steps beside them
 * @param steps by kind and precision, in the order of the options; the reference comes last
 */
public record StepReport(
    MeasuredMachine machine,
    @JsonUnwrapped Shape shape,
    List<Product> products,
    List<StepMeasured> steps) {
  /** Copies the lists. */
  public StepReport {
    products = List.copyOf(products);
    steps = List.copyOf(steps);
  }

  /**
   * Where it was measured.
   *
   * @param processor model and instruction sets
   * @param device processor and its threads
   */
  public record MeasuredMachine(String processor, String device) {}

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
   * A matrix product of the model's sizes.
   *
   * @param kind of the steps in whose rounds it was measured
   * @param precision of its matrices
   * @param shape its sizes
   * @param flopsPerSecond by round
   */
  public record Product(
      String kind, String precision, GemmWorkload.Shape shape, Ratios flopsPerSecond) {}

  /**
   * The step of one engine with one kind of feed-forward network, in one precision.
   *
   * @param subject what was measured
   * @param time of a whole step
   * @param peakBytes peak resident memory of its process; NaN if the system does not report it
   * @param agreement with the reference in fp32, before the first step
   * @param parts median seconds of each part that the engine reports
   * @param operators by descending time; empty without a profile
   * @param exchange of several workers; null if it was not measured
   */
  public record StepMeasured(
      @JsonUnwrapped Subject subject,
      StepTime time,
      double peakBytes,
      Agreement agreement,
      Map<StepPart, Double> parts,
      List<OperatorTime> operators,
      ExchangeTime exchange) {
    /** Copies map and list. */
    public StepMeasured {
      parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
      operators = List.copyOf(operators);
    }
  }

  /**
   * What was measured.
   *
   * @param kind label of the feed-forward networks
   * @param precision of the matrix products
   * @param engine name and version
   * @param parameters of the model
   * @param flops floating-point operations of a step, as the papers count them
   */
  public record Subject(
      String kind, String precision, String engine, long parameters, double flops) {}

  /**
   * How long a training step takes.
   *
   * @param wall seconds by the wall clock
   * @param processor seconds of processor time of all threads, by step, in units of 10 ms; NaN if
   *     the system does not report it
   * @param speed by the wall clock, as a multiple of the reference's in the same precision
   * @param mfu operations per second, as a fraction of the fastest product's in the same round
   */
  public record StepTime(Seconds wall, Seconds processor, Ratios speed, Ratios mfu) {}

  /**
   * Values of the rounds: in each, all are measured one after the other.
   *
   * @param rounds at least one
   */
  @JsonPropertyOrder({"median", "least", "most", "rounds"})
  public record Ratios(List<Double> rounds) {
    /** Copies the list. */
    public Ratios {
      rounds = List.copyOf(rounds);
    }

    /** Each value by the one of the same round. */
    static Ratios of(List<Double> values, List<Double> by) {
      return new Ratios(
          IntStream.range(0, values.size()).mapToObj(i -> values.get(i) / by.get(i)).toList());
    }

    /** The median of the rounds. */
    @JsonProperty
    public double median() {
      return new Median().evaluate(rounds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The lowest. */
    @JsonProperty
    public double least() {
      return Collections.min(rounds);
    }

    /** The highest. */
    @JsonProperty
    public double most() {
      return Collections.max(rounds);
    }
  }
}
