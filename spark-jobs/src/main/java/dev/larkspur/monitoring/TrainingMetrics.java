package dev.larkspur.monitoring;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The newest numbers of the training in this driver. Sinks read them at any time, also before the
 * first training, when all are 0 or NaN. A driver trains one run at a time.
 */
public final class TrainingMetrics {
  private static final TrainingMetrics DRIVER = new TrainingMetrics(InstantSource.system());

  private final InstantSource clock;
  private volatile AttemptState state = AttemptState.NONE;
  private volatile Progress progress;
  private volatile Instant progressed;
  private volatile Instant committed;

  TrainingMetrics(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The attempt that trains, or the last one.
   *
   * @param number of the run's attempts
   * @param restarts after failures, since this driver started
   * @param workers of the attempt
   * @param training whether it trains now
   */
  private record AttemptState(int number, int restarts, int workers, boolean training) {
    static final AttemptState NONE = new AttemptState(0, 0, 0, false);
  }

  /** The metrics of this process. */
  public static TrainingMetrics ofDriver() {
    return DRIVER;
  }

  /**
   * An attempt begins.
   *
   * @param number of the run's attempts, from 1
   * @param restarts after failures, since this driver started
   * @param workers of the attempt
   */
  public void began(int number, int restarts, int workers) {
    progress = null;
    progressed = clock.instant();
    state = new AttemptState(number, restarts, workers, true);
  }

  /** The workers have reported. */
  public void progress(Progress newest) {
    progress = newest;
    progressed = clock.instant();
  }

  /** When the newest checkpoint was committed; empty if there is none. */
  public void committed(Optional<Instant> time) {
    committed = time.orElse(null);
  }

  /** The attempt has ended. */
  public void ended() {
    AttemptState last = state;
    state = new AttemptState(last.number(), last.restarts(), last.workers(), false);
  }

  /** Adds all gauges to a registry. */
  void register(MetricRegistry registry) {
    add(registry, "training", () -> state.training() ? 1 : 0);
    add(registry, "attempt", () -> state.number());
    add(registry, "restarts", () -> state.restarts());
    add(registry, "workers", () -> state.workers());
    add(registry, "step", () -> ofProgress(Progress::step));
    add(registry, "steps", () -> ofProgress(Progress::steps));
    add(registry, "skippedUpdates", () -> ofProgress(Progress::skippedUpdates));
    add(registry, "secondsSinceProgress", () -> secondsSince(progressed));
    add(registry, "checkpointAgeSeconds", () -> secondsSince(committed));
    add(registry, "tokens", () -> ofSteps(StepMetrics::tokens));
    add(registry, "loss", () -> ofSteps(StepMetrics::loss));
    add(registry, "learningRate", () -> ofSteps(StepMetrics::learningRate));
    add(registry, "gradientNorm", () -> ofSteps(steps -> steps.gradient().gradientNorm()));
    add(registry, "tokensPerSecond", () -> ofSteps(StepMetrics::tokensPerSecond));
    add(registry, "validationLoss", this::validationLoss);
    addPhase(registry, "data", PhaseSeconds::data);
    addPhase(registry, "compute", PhaseSeconds::compute);
    addPhase(registry, "exchange", PhaseSeconds::exchange);
    addPhase(registry, "optimizer", PhaseSeconds::optimizer);
    addPhase(registry, "checkpoint", PhaseSeconds::checkpoint);
  }

  /** Sinks cannot write null; NaN is what Prometheus has for a number that is not there. */
  private static void add(MetricRegistry registry, String name, Gauge<Number> gauge) {
    registry.register(name, gauge);
  }

  /** The share of the time of the last line's steps. */
  private void addPhase(
      MetricRegistry registry, String phase, ToDoubleFunction<PhaseSeconds> seconds) {
    add(
        registry,
        "share." + phase,
        () -> ofSteps(steps -> seconds.applyAsDouble(steps.seconds()) / steps.seconds().total()));
  }

  private double ofProgress(ToDoubleFunction<Progress> value) {
    Progress newest = progress;
    return newest == null ? 0 : value.applyAsDouble(newest);
  }

  private double ofSteps(ToDoubleFunction<StepMetrics> value) {
    Progress newest = progress;
    StepMetrics steps = newest == null ? null : newest.training();
    return steps == null ? Double.NaN : value.applyAsDouble(steps);
  }

  private double validationLoss() {
    Progress newest = progress;
    ValidationMetrics validation = newest == null ? null : newest.validation();
    return validation == null ? Double.NaN : validation.validationLoss();
  }

  private double secondsSince(Instant time) {
    return time == null
        ? Double.NaN
        : Math.max(0, Duration.between(time, clock.instant()).toMillis() / 1e3);
  }
}
