package dev.larkspur.benchmark;

import dev.larkspur.benchmark.EngineReport.Agreement;
import dev.larkspur.benchmark.EngineReport.Difference;
import dev.larkspur.benchmark.EngineReport.EngineMeasured;
import dev.larkspur.benchmark.EngineReport.MeasuredMachine;
import dev.larkspur.benchmark.EngineReport.Shape;
import dev.larkspur.benchmark.EngineReport.Speed;
import dev.larkspur.benchmark.EngineReport.StepTime;
import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.io.FileUtils;

/**
 * Measures training steps of engines beside a reference, in turn, each in its own process. Losses
 * and gradients are compared first.
 */
public final class EngineBenchmark {
  /** The training step as a PyTorch user would write it. */
  public static final String REFERENCE = "torch-plain";

  private final List<String> engines;
  private final Workload workload;

  /**
   * The work of every engine.
   *
   * @param device to train on
   * @param precision of the matrix products
   * @param microBatch sequences of one pass
   * @param passes micro-batches of one step
   * @param rounds how often a step is measured
   */
  public record Workload(
      Device device, Precision precision, int microBatch, int passes, WallRounds rounds) {}

  /**
   * @param engines names, without the reference, which is added
   */
  public EngineBenchmark(List<String> engines, Workload workload) {
    this.engines = new ArrayList<>(engines);
    this.engines.remove(REFERENCE);
    this.engines.add(REFERENCE);
    this.workload = workload;
  }

  /**
   * Compares and measures all engines with every kind.
   *
   * @param base the model; its feed-forward networks are replaced, those of the first layer too
   *     unless they are dense
   * @param progress receives what is being done
   * @throws EngineBenchmarkException if an engine fails, or differs from the reference
   */
  public EngineReport measure(ModelConfig base, List<FfnKind> kinds, Consumer<String> progress) {
    List<EngineMeasured> measured = new ArrayList<>();
    for (FfnKind kind : kinds) {
      try {
        Path files = Files.createTempDirectory("larkspur-engines");
        try {
          measured.addAll(measure(kind, kind.in(base), files, progress));
        } finally {
          FileUtils.deleteDirectory(files.toFile());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Machine machine = Machine.of(Engines.named(REFERENCE), workload.device(), workload.precision());
    return new EngineReport(
        new MeasuredMachine(Processor.name(), machine.device(), machine.precision()),
        new Shape(
            base.hiddenDim(),
            base.layers(),
            base.vocabulary(),
            base.context(),
            (long) workload.microBatch() * workload.passes() * base.context()),
        measured);
  }

  private List<EngineMeasured> measure(
      FfnKind kind, ModelConfig model, Path files, Consumer<String> progress) {
    Deque<EngineProcess> opened = new ArrayDeque<>();
    try {
      for (String engine : engines) {
        opened.add(
            new EngineProcess(
                new EngineTask(
                    engine,
                    model,
                    workload.device(),
                    workload.precision(),
                    workload.microBatch(),
                    workload.passes(),
                    files.toString())));
      }
      List<EngineProcess> processes = List.copyOf(opened);
      progress.accept(kind.label() + ": comparing losses and gradients");
      List<Agreement> agreements = compare(kind, processes);
      List<Runnable> steps = new ArrayList<>();
      List<List<Double>> processorSeconds = new ArrayList<>();
      for (EngineProcess process : processes) {
        List<Double> each = new ArrayList<>();
        processorSeconds.add(each);
        steps.add(() -> each.add(step(process)));
      }
      List<Seconds> seconds =
          workload
              .rounds()
              .measure(
                  steps,
                  round -> progress.accept("%s: steps, round %d".formatted(kind.label(), round)));
      List<EngineMeasured> measured = new ArrayList<>();
      for (int i = 0; i < processes.size(); i++) {
        Engine engine = Engines.named(processes.get(i).engine());
        measured.add(
            new EngineMeasured(
                kind.label(),
                ParameterTable.of(model).length(),
                engine.name() + " " + engine.version(),
                new StepTime(
                    seconds.get(i),
                    withoutWarmUp(processorSeconds.get(i)),
                    Speed.of(seconds.get(i), seconds.get(seconds.size() - 1))),
                processes.get(i).peakBytes(),
                agreements.get(i)));
      }
      return measured;
    } finally {
      opened.forEach(EngineProcess::close);
    }
  }

  /** One step; returns its processor time, which other work on the machine changes little. */
  private static double step(EngineProcess process) {
    double before = process.processorSeconds();
    process.ask(Request.STEP);
    return process.processorSeconds() - before;
  }

  private static Seconds withoutWarmUp(List<Double> steps) {
    return new Seconds(steps.subList(1, steps.size()));
  }

  private List<Agreement> compare(FfnKind kind, List<EngineProcess> processes) {
    EngineProcess reference = processes.get(processes.size() - 1);
    ParameterTable table = ParameterTable.of(reference.task().model());
    reference.ask(Request.DRAW);
    double expected = reference.ask(Request.GRADIENT);
    Limits limits = Limits.of(workload.precision());
    List<Agreement> agreements = new ArrayList<>();
    for (EngineProcess process : processes) {
      double loss = process == reference ? expected : process.ask(Request.GRADIENT);
      Difference gradient =
          VectorFile.largestDifference(
              process.task().gradient(), reference.task().gradient(), table);
      Agreement agreement = new Agreement(Math.abs(loss - expected) / expected, gradient);
      if (process != reference) {
        delete(process.task().gradient());
      }
      limits.check(kind.label(), process.engine(), agreement);
      agreements.add(agreement);
    }
    return agreements;
  }

  /** Deletes a file as soon as it is read, because each may take hundreds of megabytes. */
  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The largest tolerated differences from the reference.
   *
   * @param loss relative difference
   * @param gradient relative difference of each parameter's gradient
   */
  record Limits(double loss, double gradient) {

    /** Limits that allow for the rounding of matrix products; bfloat16 keeps 8 bits. */
    static Limits of(Precision precision) {
      return precision == Precision.BF16 ? new Limits(1e-3, 0.1) : new Limits(1e-5, 1e-4);
    }

    /** Throws if an engine exceeds the limits. */
    void check(String kind, String engine, Agreement agreement) {
      if (!(agreement.loss() <= loss)) {
        throw differs(kind, engine, "loss", agreement.loss(), loss);
      }
      Difference difference = agreement.gradient();
      if (!(difference.relative() <= gradient)) {
        throw differs(
            kind, engine, "gradient of " + difference.parameter(), difference.relative(), gradient);
      }
    }

    private static EngineBenchmarkException differs(
        String kind, String engine, String what, double by, double limit) {
      return new EngineBenchmarkException(
          "%s, %s: its %s differs from that of %s by a relative %.1e, more than %.0e: do not train with this engine, and report it"
              .formatted(engine, kind, what, REFERENCE, by, limit),
          null);
    }
  }
}
