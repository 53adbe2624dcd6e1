package dev.larkspur.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WorkerMetricsTest {
  private final WorkerMetrics metrics = new WorkerMetrics();
  private final MetricRegistry registry = new MetricRegistry();

  private double value(String name) {
    return ((Number) registry.getGauges().get(name).getValue()).doubleValue();
  }

  @Test
  void secondsOfStepsAreSummed() {
    metrics.register(registry);
    metrics.step(new PhaseSeconds(1, 2, 3, 4, 0));
    metrics.step(new PhaseSeconds(10, 20, 30, 40, 0));
    metrics.checkpoint(0.5);
    assertThat(value("workerSteps")).isEqualTo(2);
    assertThat(value("workerSeconds.exchange")).isEqualTo(33);
    assertThat(value("workerSeconds.checkpoint")).isEqualTo(0.5);
    metrics.deviceMemory(() -> 123);
    assertThat(value("deviceMemoryBytes")).isEqualTo(123);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void withoutADeviceTheMemoryIsThatOfTheProcess() {
    metrics.register(registry);
    assertThat(value("deviceMemoryBytes")).isGreaterThan(1e6);
  }
}
