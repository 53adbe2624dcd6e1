package dev.larkspur.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.Progress.LatestMetrics;
import dev.larkspur.metrics.Progress.Position;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.Execution;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TrainingMetricsTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
  private final TrainingMetrics metrics = new TrainingMetrics(now::get);
  private final MetricRegistry registry = new MetricRegistry();

  private double value(String name) {
    return ((Number) registry.getGauges().get(name).getValue()).doubleValue();
  }

  @Test
  void everyGaugeHasANumberAtAnyTime() {
    metrics.register(registry);
    assertThat(registry.getGauges()).isNotEmpty();
    assertThat(registry.getGauges().values())
        .allSatisfy(gauge -> assertThat(gauge.getValue()).isInstanceOf(Number.class));
    assertThat(value("training")).isZero();
    assertThat(value("loss")).isNaN();
  }

  @Test
  void showsTheNewestNumbers() {
    metrics.register(registry);
    metrics.began(3, 2, 4);
    metrics.committed(Optional.of(Instant.ofEpochSecond(940)));
    StepMetrics steps =
        new StepMetrics(
            7,
            700,
            3.5,
            1e-3,
            new GradientMetrics(0.5, Map.of()),
            new Execution(42, 1e9, null, 0, 0),
            new PhaseSeconds(1, 6, 2, 1, 0));
    metrics.progress(
        new Progress(
            Activity.TRAINING,
            new Position(7, 10, 0),
            5,
            1,
            new LatestMetrics(steps, new ValidationMetrics(5, 500, 3.6, 36.6, 1))));
    now.set(Instant.ofEpochSecond(1030));
    assertThat(value("training")).isEqualTo(1);
    assertThat(value("attempt")).isEqualTo(3);
    assertThat(value("restarts")).isEqualTo(2);
    assertThat(value("workers")).isEqualTo(4);
    assertThat(value("step")).isEqualTo(7);
    assertThat(value("steps")).isEqualTo(10);
    assertThat(value("skippedUpdates")).isEqualTo(5);
    assertThat(value("loss")).isEqualTo(3.5);
    assertThat(value("validationLoss")).isEqualTo(3.6);
    assertThat(value("tokensPerSecond")).isEqualTo(42);
    assertThat(value("share.compute")).isEqualTo(0.6);
    assertThat(value("checkpointAgeSeconds")).isEqualTo(90);
    assertThat(value("secondsSinceProgress")).isEqualTo(30);
    metrics.ended();
    assertThat(value("training")).isZero();
    assertThat(value("step")).isEqualTo(7);
  }
}
