package dev.larkspur.doctor;

import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.doctor.Rate.Quantity;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.GemmWorkload.Shape;
import dev.larkspur.engine.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Measures the rates of this machine that training depends on. */
public final class MachineRates {
  private static final int ROUNDS = 3;
  private static final Shape CPU_PRODUCT = new Shape(1024, 1024, 2048);
  private static final Shape GPU_PRODUCT = new Shape(8192, 8192, 8192);

  /** Far more than the caches of common processors. */
  private static final long COPIED_BYTES = 256L << 20;

  private static final int LEAST_PIECE = 1 << 20;

  private final Engine engine;
  private final double seconds;
  private final Consumer<String> progress;
  private final List<Rate> rates = new ArrayList<>();

  private MachineRates(Engine engine, double seconds, Consumer<String> progress) {
    this.engine = engine;
    this.seconds = seconds;
    this.progress = progress;
  }

  /**
   * Measures everything; what cannot be measured has the reason instead.
   *
   * @param engine computes products and the exchange
   * @param facts say how many threads to use, and whether there is a GPU
   * @param seconds time for each rate, without what it allocates before
   * @param progress receives what is being measured
   */
  public static List<Rate> measure(
      Engine engine, MachineFacts facts, double seconds, Consumer<String> progress) {
    MachineRates measurement = new MachineRates(engine, seconds, progress);
    measurement.memory(facts.cores());
    measurement.products(
        Quantity.GEMM_FP32, Quantity.GEMM_BF16, CPU_PRODUCT, Device.cpu(facts.cores()));
    if (facts.supportsGpu(engine.name())) {
      measurement.products(
          Quantity.GPU_GEMM_FP32, Quantity.GPU_GEMM_BF16, GPU_PRODUCT, Device.cuda(0));
    }
    progress.accept("measuring the all-reduce");
    measurement.rates.add(LoopbackAllReduce.measure(engine, seconds));
    progress.accept("measuring the temporary directory");
    measurement.rates.addAll(FileRates.ofTemporaryDirectory(seconds));
    return List.copyOf(measurement.rates);
  }

  /** Copies arrays, each thread its own; counts bytes read and bytes written. */
  private void memory(int threads) {
    progress.accept("measuring the memory");
    long whole = Math.min(COPIED_BYTES, Runtime.getRuntime().maxMemory() / 8);
    int piece = (int) Math.max(LEAST_PIECE, whole / threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Runnable> copies = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        byte[] from = new byte[piece];
        byte[] to = new byte[piece];
        copies.add(() -> System.arraycopy(from, 0, to, 0, piece));
      }
      double once = median(() -> copyAll(pool, copies));
      rates.add(Rate.of(Quantity.MEMORY, 2.0 * piece * threads / once));
    } catch (OutOfMemoryError e) {
      rates.add(Rate.failed(Quantity.MEMORY, "Java has no memory left for the buffers"));
    } finally {
      pool.shutdown();
    }
  }

  private static void copyAll(ExecutorService pool, List<Runnable> copies) {
    List<Future<?>> running = new ArrayList<>();
    copies.forEach(copy -> running.add(pool.submit(copy)));
    try {
      for (Future<?> copy : running) {
        copy.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void products(Quantity fp32, Quantity bf16, Shape shape, Device device) {
    progress.accept("measuring " + fp32.label());
    product(fp32, shape, device, Precision.FP32);
    progress.accept("measuring " + bf16.label());
    product(bf16, shape, device, Precision.BF16);
  }

  private void product(Quantity quantity, Shape shape, Device device, Precision precision) {
    try (GemmWorkload product = engine.gemmWorkload(shape, device, precision)) {
      rates.add(Rate.of(quantity, shape.flops() / median(product::run)));
    } catch (EngineException | LinkageError e) {
      rates.add(Rate.failed(quantity, e.getMessage()));
    }
  }

  private double median(Runnable work) {
    return new WallRounds(ROUNDS, seconds / ROUNDS)
        .measure(List.of(work), round -> {})
        .get(0)
        .median();
  }
}
