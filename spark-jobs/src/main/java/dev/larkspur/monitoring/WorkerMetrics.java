package dev.larkspur.monitoring;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The numbers of the workers in this process since it started: of one, unless Spark is embedded.
 */
public final class WorkerMetrics {
  private static final WorkerMetrics PROCESS = new WorkerMetrics();

  /** Size and resident set of this process in pages; on Linux only. */
  private static final Path MEMORY = Path.of("/proc/self/statm");

  private static final long PAGE_BYTES = 4096;

  private final LongAdder steps = new LongAdder();
  private final AtomicReference<PhaseSeconds> seconds = new AtomicReference<>(PhaseSeconds.NONE);
  private volatile LongSupplier deviceMemory = WorkerMetrics::residentBytes;

  WorkerMetrics() {}

  /** The metrics of this process. */
  public static WorkerMetrics ofProcess() {
    return PROCESS;
  }

  /** A worker has done a step. */
  public void step(PhaseSeconds taken) {
    steps.increment();
    seconds.accumulateAndGet(taken, PhaseSeconds::plus);
  }

  /** A checkpoint has stopped a worker for so long. */
  public void checkpoint(double taken) {
    seconds.accumulateAndGet(new PhaseSeconds(0, 0, 0, 0, taken), PhaseSeconds::plus);
  }

  /**
   * The worker computes on a device with memory of its own.
   *
   * @param usedBytes asks the device how many bytes of its memory are in use
   */
  public void deviceMemory(LongSupplier usedBytes) {
    deviceMemory = usedBytes;
  }

  /** Bytes in use on the device with its own memory, else resident in this process. */
  public long memoryBytes() {
    return deviceMemory.getAsLong();
  }

  /** Adds all gauges to a registry. */
  void register(MetricRegistry registry) {
    add(registry, "workerSteps", steps::sum);
    add(registry, "workerSeconds.data", () -> seconds.get().data());
    add(registry, "workerSeconds.compute", () -> seconds.get().compute());
    add(registry, "workerSeconds.exchange", () -> seconds.get().exchange());
    add(registry, "workerSeconds.optimizer", () -> seconds.get().optimizer());
    add(registry, "workerSeconds.checkpoint", () -> seconds.get().checkpoint());
    add(registry, "deviceMemoryBytes", this::memoryBytes);
  }

  private static void add(MetricRegistry registry, String name, Gauge<Number> gauge) {
    registry.register(name, gauge);
  }

  /** What a CPU computes with is the memory of the process; 0 where that is unknown. */
  private static long residentBytes() {
    if (!Files.isReadable(MEMORY)) {
      return 0;
    }
    try {
      return Long.parseLong(Files.readString(MEMORY).split(" ", -1)[1]) * PAGE_BYTES;
    } catch (IOException unreadable) {
      return 0;
    }
  }
}
