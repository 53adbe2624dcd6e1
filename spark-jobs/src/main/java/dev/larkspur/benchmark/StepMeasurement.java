package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Agreement.Distribution;
import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.benchmark.OperatorSampler.OperatorTime;
import dev.larkspur.benchmark.PartClock.PartTimes;
import dev.larkspur.benchmark.StepBenchmark.Workload;
import dev.larkspur.benchmark.StepBenchmark.Workload.Detail;
import dev.larkspur.benchmark.StepReport.Product;
import dev.larkspur.benchmark.StepReport.Ratios;
import dev.larkspur.benchmark.StepReport.StepMeasured;
import dev.larkspur.benchmark.StepReport.StepTime;
import dev.larkspur.benchmark.StepReport.Subject;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.StepPart;
import dev.larkspur.model.ModelSize;
import dev.larkspur.model.ParameterTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The part of a {@link StepBenchmark} with one model in one precision. */
final class StepMeasurement {
  /** Steps of each engine whose parts are timed. */
  private static final int PART_STEPS = 3;

  private final String kind;
  private final List<EngineTask> tasks;
  private final Workload workload;
  private final Consumer<String> progress;

  /**
   * @param kind label of the feed-forward networks
   * @param tasks of the engines, the reference last
   */
  StepMeasurement(
      String kind, List<EngineTask> tasks, Workload workload, Consumer<String> progress) {
    this.kind = kind;
    this.tasks = tasks;
    this.workload = workload;
    this.progress = progress;
  }

  /**
   * What every engine should compute.
   *
   * @param loss in nats per token
   * @param gradient file, 32-bit floats
   */
  record Expected(double loss, Path gradient) {}

  /** Matrix products, and the steps measured beside them, in the order of the tasks. */
  record Result(List<Product> products, List<StepMeasured> steps) {}

  /** Compares and measures all engines. */
  Result measure(Expected expected) {
    Deque<EngineProcess> opened = new ArrayDeque<>();
    try {
      for (EngineTask task : tasks) {
        opened.add(new EngineProcess(task));
      }
      List<EngineProcess> processes = List.copyOf(opened);
      // Another process, because the matrices would add to the memory of the reference.
      EngineProcess products = new EngineProcess(tasks.get(tasks.size() - 1));
      opened.add(products);
      say("comparing losses and gradients");
      List<Agreement> agreements = processes.stream().map(each -> compare(each, expected)).toList();
      check(agreements);
      return measure(processes, products, agreements);
    } finally {
      opened.forEach(EngineProcess::close);
    }
  }

  private void say(String what) {
    progress.accept("%s, %s: %s".formatted(kind, tasks.get(0).precisionName(), what));
  }

  private static Agreement compare(EngineProcess process, Expected expected) {
    double loss = process.ask(Request.GRADIENT, double.class);
    Path gradient = process.task().gradient();
    ParameterTable table = ParameterTable.of(process.task().model());
    Distribution differences =
        Distribution.of(VectorFile.differences(gradient, expected.gradient(), table));
    try {
      // At once, because each may take hundreds of megabytes.
      Files.delete(gradient);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Agreement(Math.abs(loss - expected.loss()) / expected.loss(), differences);
  }

  private void check(List<Agreement> agreements) {
    Agreement reference = agreements.get(agreements.size() - 1);
    for (int i = 0; i < agreements.size(); i++) {
      EngineTask task = tasks.get(i);
      agreements
          .get(i)
          .check(
              "%s, %s, %s".formatted(task.engine(), kind, task.precisionName()),
              task.precision(),
              reference);
    }
  }

  private Result measure(
      List<EngineProcess> processes, EngineProcess products, List<Agreement> agreements) {
    List<Runnable> steps = new ArrayList<>();
    List<List<Double>> processorSeconds = new ArrayList<>();
    for (EngineProcess process : processes) {
      List<Double> each = new ArrayList<>();
      processorSeconds.add(each);
      steps.add(() -> each.add(step(process)));
    }
    List<double[]> rates = new ArrayList<>();
    List<Seconds> seconds =
        workload
            .rounds()
            .measure(
                steps,
                round -> {
                  say("matrix products and steps, round " + round);
                  rates.add(products.ask(Request.PRODUCTS, double[].class));
                });
    List<Double> peaks = processes.stream().map(EngineProcess::peakBytes).toList();
    List<List<PartTimes>> parts = parts(processes);
    List<List<OperatorTime>> operators = processes.stream().map(this::operators).toList();
    // Their memory is free for the workers of the exchange.
    processes.forEach(EngineProcess::close);
    products.close();
    List<Double> fastest =
        rates.stream().map(each -> Arrays.stream(each).max().orElseThrow()).toList();
    List<StepMeasured> measured = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      Subject subject = subject(tasks.get(i));
      List<Double> wall = seconds.get(i).rounds();
      measured.add(
          new StepMeasured(
              subject,
              new StepTime(
                  seconds.get(i),
                  withoutWarmUp(processorSeconds.get(i)),
                  Ratios.of(seconds.get(processes.size() - 1).rounds(), wall),
                  Ratios.of(wall.stream().map(each -> subject.flops() / each).toList(), fastest)),
              peaks.get(i),
              agreements.get(i),
              medians(parts.get(i)),
              operators.get(i),
              exchange(tasks.get(i))));
    }
    return new Result(products(rates), measured);
  }

  /** One step; returns its processor time, which other work on the machine changes little. */
  private static double step(EngineProcess process) {
    double before = process.processorSeconds();
    process.ask(Request.STEP, Long.class);
    return process.processorSeconds() - before;
  }

  private static Seconds withoutWarmUp(List<Double> steps) {
    return new Seconds(steps.subList(1, steps.size()));
  }

  /** Further steps, because on a GPU timing parts takes time itself. */
  private List<List<PartTimes>> parts(List<EngineProcess> processes) {
    List<List<PartTimes>> parts = new ArrayList<>();
    processes.forEach(process -> parts.add(new ArrayList<>()));
    for (int step = 1; step <= PART_STEPS; step++) {
      say("parts of steps, round " + step);
      for (int i = 0; i < processes.size(); i++) {
        parts.get(i).add(processes.get(i).ask(Request.PARTS, PartTimes.class));
      }
    }
    return parts;
  }

  private List<OperatorTime> operators(EngineProcess process) {
    if (!workload.details().contains(Detail.OPERATORS)) {
      return List.of();
    }
    say("operators of " + process.task().engine());
    return List.of(process.ask(Request.PROFILE, OperatorTime[].class));
  }

  /** The exchange of the task's workers; null for one worker and for the reference. */
  private ExchangeTime exchange(EngineTask task) {
    if (task.load().workers() == 1 || task.engine().equals(StepBenchmark.REFERENCE)) {
      return null;
    }
    say("exchange of %d workers of %s".formatted(task.load().workers(), task.engine()));
    try (EngineProcess process = new EngineProcess(task)) {
      return process.ask(Request.EXCHANGE, ExchangeTime.class);
    }
  }

  static Map<StepPart, Double> medians(List<PartTimes> steps) {
    Map<StepPart, Double> medians = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      List<Double> seconds =
          steps.stream()
              .filter(step -> step.parts().containsKey(part))
              .map(step -> step.parts().get(part))
              .toList();
      if (!seconds.isEmpty()) {
        medians.put(part, new Seconds(seconds).median());
      }
    }
    return medians;
  }

  private Subject subject(EngineTask task) {
    Engine engine = Engines.named(task.engine());
    ModelSize size = ModelSize.of(task.model());
    return new Subject(
        kind,
        task.precisionName(),
        engine.name() + " " + engine.version(),
        size.parameters(),
        size.trainingFlops(task.stepTokens()));
  }

  private List<Product> products(List<double[]> rates) {
    EngineTask task = tasks.get(0);
    return IntStream.range(0, task.products().size())
        .mapToObj(
            i ->
                new Product(
                    kind,
                    task.precisionName(),
                    task.products().get(i),
                    new Ratios(rates.stream().map(each -> each[i]).toList())))
        .toList();
  }
}
