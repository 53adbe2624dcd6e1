package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.benchmark.FfnBenchmark.FfnReport.FfnMeasured;
import dev.larkspur.benchmark.Seconds.Compared;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.FfnConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures single feed-forward networks (paper, figure 4): dense against each kind, by width and by
 * number of tokens. All kinds of one shape are measured in turn.
 */
public final class FfnBenchmark {
  private static final int INNER = 4;

  private final Engine engine;
  private final Device device;
  private final Precision precision;
  private final WallRounds rounds;

  /**
   * @param rounds how often each is measured
   */
  public FfnBenchmark(Engine engine, Device device, Precision precision, WallRounds rounds) {
    this.engine = engine;
    this.device = device;
    this.precision = precision;
    this.rounds = rounds;
  }

  private record Shape(int width, int tokens) {}

  /**
   * Measures every width with the most tokens, and every number of tokens at the largest width.
   *
   * @param widths in ascending order
   * @param tokens in ascending order
   * @param progress receives what is being measured
   */
  public FfnReport measure(List<Integer> widths, List<Integer> tokens, Consumer<String> progress) {
    Set<Shape> shapes = new LinkedHashSet<>();
    widths.forEach(width -> shapes.add(new Shape(width, last(tokens))));
    tokens.forEach(count -> shapes.add(new Shape(last(widths), count)));
    List<FfnMeasured> measured = new ArrayList<>();
    for (Shape shape : shapes) {
      measured.addAll(measure(shape, progress));
    }
    return new FfnReport(Machine.of(engine, device, precision), measured);
  }

  private static int last(List<Integer> values) {
    return values.get(values.size() - 1);
  }

  private List<FfnMeasured> measure(Shape shape, Consumer<String> progress) {
    List<FfnKind> kinds = FfnKind.all();
    List<FfnWorkload> workloads = new ArrayList<>();
    try {
      for (FfnKind kind : kinds) {
        FfnConfig ffn =
            FfnConfig.paper(INNER * shape.width(), kind.structure().apply(shape.width()));
        workloads.add(engine.ffnWorkload(shape.width(), ffn, shape.tokens(), device, precision));
      }
      List<Runnable> works = new ArrayList<>();
      workloads.forEach(workload -> works.add(workload::forward));
      workloads.forEach(workload -> works.add(workload::forwardAndBackward));
      List<Seconds> seconds =
          rounds.measure(
              works,
              round ->
                  progress.accept(
                      "width %d, %d tokens, round %d"
                          .formatted(shape.width(), shape.tokens(), round)));
      List<FfnMeasured> measured = new ArrayList<>();
      for (int i = 0; i < kinds.size(); i++) {
        String kind = kinds.get(i).label();
        int training = kinds.size() + i;
        measured.add(
            new FfnMeasured(
                shape.width(),
                shape.tokens(),
                kind,
                workloads.get(i).parameters(),
                Compared.of(seconds.get(i), seconds.get(0)),
                Compared.of(seconds.get(training), seconds.get(kinds.size()))));
      }
      return measured;
    } finally {
      workloads.forEach(FfnWorkload::close);
    }
  }

  /**
   * The result of an {@link FfnBenchmark}.
   *
   * @param machine what was measured on
   * @param networks in the order of the measurements
   */
  public record FfnReport(@JsonUnwrapped Machine machine, List<FfnMeasured> networks) {
    /** Copies the list. */
    public FfnReport {
      networks = List.copyOf(networks);
    }

    /**
     * Measurements of one feed-forward network.
     *
     * @param width hidden dimension; the inner one is four times as large
     * @param tokens of one pass
     * @param kind its label
     * @param parameters number of its weights, without biases
     * @param forward forward pass, as in inference
     * @param training forward and backward
     */
    public record FfnMeasured(
        int width, int tokens, String kind, long parameters, Compared forward, Compared training) {}
  }
}
