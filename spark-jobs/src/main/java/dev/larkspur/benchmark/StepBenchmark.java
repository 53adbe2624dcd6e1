package dev.larkspur.benchmark;

import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.benchmark.StepMeasurement.Expected;
import dev.larkspur.benchmark.StepReport.MeasuredMachine;
import dev.larkspur.benchmark.StepReport.Shape;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.ExchangeSettings;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;

/**
 * Measures training steps of engines beside a reference and beside single matrix products, in turn,
 * each engine in its own process. Losses and gradients are compared first.
 */
public final class StepBenchmark {
  /** The training step as a PyTorch user would write it. */
  public static final String REFERENCE = "torch-plain";

  private final List<String> engines;
  private final Workload workload;
  private final Consumer<String> progress;

  /**
   * The work of every engine.
   *
   * @param device to train on
   * @param precisions of the matrix products
   * @param load what a step trains on
   * @param exchange how several workers exchange gradients
   * @param rounds how often a step is measured
   * @param details what else is measured
   */
  public record Workload(
      Device device,
      List<Precision> precisions,
      Load load,
      ExchangeSettings exchange,
      WallRounds rounds,
      Set<Detail> details) {
    /** Copies the collections. */
    public Workload {
      precisions = List.copyOf(precisions);
      details = Set.copyOf(details);
    }

    /**
     * What a step trains on.
     *
     * @param microBatch sequences of one pass
     * @param passes micro-batches of one worker's step
     * @param workers that exchange gradients; 1 for none
     */
    public record Load(int microBatch, int passes, int workers) implements Serializable {}

    /** What can be measured beside speed, memory and parts. */
    public enum Detail {
      /** Time by operator. */
      OPERATORS
    }
  }

  /**
   * @param engines names, without the reference, which is added; an engine is not measured in a
   *     precision that it lacks
   * @param progress receives what is being done
   */
  public StepBenchmark(List<String> engines, Workload workload, Consumer<String> progress) {
    this.engines = new ArrayList<>(engines);
    this.engines.remove(REFERENCE);
    this.engines.add(REFERENCE);
    this.workload = workload;
    this.progress = progress;
  }

  /**
   * Compares and measures all engines with every kind, in every precision.
   *
   * @param base the model; its feed-forward networks are replaced, those of the first layer too
   *     unless they are dense
   * @throws StepBenchmarkException if an engine fails, or differs from the reference
   */
  public StepReport measure(ModelConfig base, List<FfnKind> kinds) {
    List<StepMeasurement.Result> results = new ArrayList<>();
    for (FfnKind kind : kinds) {
      try {
        Path files = Files.createTempDirectory("larkspur-step");
        try {
          results.addAll(measure(kind.label(), kind.in(base), files));
        } finally {
          FileUtils.deleteDirectory(files.toFile());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Machine machine = Machine.of(Engines.named(REFERENCE), workload.device(), Precision.FP32);
    return new StepReport(
        new MeasuredMachine(Processor.ofThisMachine().text(), machine.device()),
        new Shape(
            base.hiddenDim(),
            base.layers(),
            base.vocabulary(),
            base.context(),
            (long) workload.load().microBatch() * workload.load().passes() * base.context()),
        results.stream().flatMap(result -> result.products().stream()).toList(),
        results.stream().flatMap(result -> result.steps().stream()).toList());
  }

  private List<StepMeasurement.Result> measure(String kind, ModelConfig model, Path files)
      throws IOException {
    progress.accept(kind + ": loss and gradient of the reference in fp32");
    Expected expected = expected(task(REFERENCE, model, Precision.FP32, files));
    List<StepMeasurement.Result> results = new ArrayList<>();
    for (Precision precision : workload.precisions()) {
      List<EngineTask> tasks =
          engines.stream()
              .filter(engine -> Engines.named(engine).precisions().contains(precision))
              .map(engine -> task(engine, model, precision, files))
              .toList();
      results.add(new StepMeasurement(kind, tasks, workload, progress).measure(expected));
    }
    return results;
  }

  /**
   * Writes the parameters of all engines and the expected gradient, in a process of its own, whose
   * memory is free again before anything is measured.
   */
  private static Expected expected(EngineTask task) throws IOException {
    try (EngineProcess process = new EngineProcess(task)) {
      process.ask(Request.DRAW, Long.class);
      double loss = process.ask(Request.GRADIENT, double.class);
      Path gradient = task.gradient().resolveSibling("gradient");
      return new Expected(loss, Files.move(task.gradient(), gradient));
    }
  }

  private EngineTask task(String engine, ModelConfig model, Precision precision, Path files) {
    return new EngineTask(
        engine,
        model,
        workload.device(),
        precision,
        workload.load(),
        workload.exchange(),
        files.toString());
  }
}
