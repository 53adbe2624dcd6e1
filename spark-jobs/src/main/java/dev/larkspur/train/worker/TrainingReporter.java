package dev.larkspur.train.worker;

import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.Progress.LatestMetrics;
import dev.larkspur.metrics.Progress.Position;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.Execution;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.model.ModelSize;
import dev.larkspur.monitoring.WorkerMetrics;
import dev.larkspur.optim.SelfGuidance;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** Reports lines of metrics and the progress of a training. Only rank 0 has an outlet. */
final class TrainingReporter {
  private final TrainingSpec spec;
  private final UpdateGuard guard;
  private final MetricsSink metrics;
  private final Consumer<Progress> progress;
  private final OptionalDouble peakFlops;
  private final ModelSize size;
  private final MetricsWindow window = new MetricsWindow();
  private PhaseSeconds total = PhaseSeconds.NONE;
  private StepMetrics training;
  private ValidationMetrics validation;

  /**
   * Where reports go.
   *
   * @param peakFlops peak of all devices together, FLOP/s; empty if it is not known
   */
  record Outlet(MetricsSink metrics, Consumer<Progress> progress, OptionalDouble peakFlops) {
    Outlet(MetricsSink metrics, Consumer<Progress> progress) {
      this(metrics, progress, OptionalDouble.empty());
    }

    Outlet withPeak(OptionalDouble flops) {
      return new Outlet(metrics, progress, flops);
    }
  }

  TrainingReporter(TrainingSpec spec, UpdateGuard guard, Outlet outlet) {
    this.spec = spec;
    this.guard = guard;
    this.metrics = outlet.metrics();
    this.progress = outlet.progress();
    this.peakFlops = outlet.peakFlops();
    this.size = ModelSize.of(spec.model());
  }

  /** The steps since the last line. */
  MetricsWindow window() {
    return window;
  }

  /** Logs the line of the steps since the last line; {@code done} updates are done. */
  void logSteps(long done, GradientMetrics gradient) {
    showSteps(done, gradient);
    total = total.plus(window.seconds());
    window.clear();
    metrics.log(done, training);
  }

  /** Shows the line of the steps since the last line, and does not log it. */
  void showSteps(long done, GradientMetrics gradient) {
    training =
        new StepMetrics(
            done,
            done * spec.tokensPerStep(),
            window.meanLoss(),
            spec.recipe().schedule().at(done - 1),
            gradient,
            execution(done),
            window.seconds());
  }

  private Execution execution(long done) {
    double seconds = window.seconds().total();
    long tokens = window.steps() * spec.tokensPerStep();
    double flops =
        (size.trainingFlops(tokens) + size.guideFlops(guided(done) * spec.tokensPerStep()))
            / seconds;
    return new Execution(
        tokens / seconds,
        flops,
        peakFlops.isPresent() ? (Double) (flops / peakFlops.getAsDouble()) : null,
        WorkerMetrics.ofProcess().memoryBytes(),
        guard.skipped());
  }

  /** How many steps of the window use guides. */
  private double guided(long done) {
    SelfGuidance guidance = spec.recipe().phases().guidance();
    long before = done - window.steps();
    return before < guidance.steps()
        ? guidance.guidedSteps(done) - guidance.guidedSteps(before)
        : 0;
  }

  /** Logs a validation; loss in nats a token. */
  void logValidation(long done, double loss, double seconds) {
    validation =
        new ValidationMetrics(done, done * spec.tokensPerStep(), loss, Math.exp(loss), seconds);
    // An attempt without remaining steps may repeat a validation that the run has logged.
    if (done > spec.startStep() || spec.missesValidation()) {
      metrics.log(done, validation);
    }
  }

  /** Returns once all lines so far are in the run directory. */
  void flush() {
    metrics.flush();
  }

  /** Reports what the training does after {@code done} updates. */
  void activity(Activity activity, long done) {
    report(activity, done, total.plus(window.seconds()).total(), 0);
  }

  /** Reports progress inside a slow first step. */
  void insideStep(long done, double seconds, double partOfStep) {
    report(Activity.TRAINING, done, seconds, partOfStep);
  }

  private void report(Activity activity, long done, double seconds, double partOfStep) {
    progress.accept(
        new Progress(
            activity,
            new Position(done, spec.steps(), spec.startStep(), partOfStep),
            guard.skipped(),
            seconds,
            latest()));
  }

  /** The newest lines. */
  LatestMetrics latest() {
    return new LatestMetrics(training, validation);
  }

  /** Mean loss of the newest line, in nats a token; NaN before the first. */
  double trainingLoss() {
    return training == null ? Double.NaN : training.loss();
  }

  /** The last validation of this attempt, in nats a token; NaN before the first. */
  double validationLoss() {
    return validation == null ? Double.NaN : validation.validationLoss();
  }

  /** Whether this attempt has validated. */
  boolean hasValidated() {
    return validation != null;
  }

  /** The result of a worker. */
  WorkerResult result(WorkerResult.RunEnding ending, long done, String device) {
    long trained = (done - spec.startStep()) * spec.tokensPerStep();
    return new WorkerResult(ending, done, device, latest(), trained, total, guard.skipped());
  }
}
