package dev.larkspur.doctor;

import dev.larkspur.doctor.Rate.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Derives what is wrong with a machine from facts and measured rates, with the remedy. */
public final class Advice {
  private static final String TORCH = "torch";
  private static final int OLDEST_JAVA = 17;
  private static final int NEWEST_JAVA = 21;

  /** LibTorch takes 445 MB unpacked, ND4J 410 MB. */
  private static final long LEAST_DISK = 1_000_000_000;

  /** Training the default model takes 3 to 5 GB. */
  private static final long LEAST_MEMORY = 4_000_000_000L;

  private final MachineFacts facts;
  private final List<Rate> rates;
  private final List<Finding> findings = new ArrayList<>();

  private Advice(MachineFacts facts, List<Rate> rates) {
    this.facts = facts;
    this.rates = rates;
  }

  /**
   * What is wrong; empty if nothing is.
   *
   * @param rates may be empty, if nothing was measured
   */
  public static List<Finding> of(MachineFacts facts, List<Rate> rates) {
    return new Advice(facts, rates).findings();
  }

  private List<Finding> findings() {
    java();
    threads();
    nativeTuning();
    bf16();
    gpu();
    space();
    rates.stream().filter(rate -> rate.failure() != null).forEach(this::failure);
    return List.copyOf(findings);
  }

  private void add(String problem, String remedy) {
    findings.add(new Finding(problem, remedy));
  }

  private void java() {
    if (facts.java() < OLDEST_JAVA || facts.java() > NEWEST_JAVA) {
      add(
          "this is Java %d, and Spark runs on Java %d to %d"
              .formatted(facts.java(), OLDEST_JAVA, NEWEST_JAVA),
          "install JDK 17 or 21, and set JAVA_HOME to it");
    }
  }

  private void threads() {
    String threads = facts.environment().get(MachineFacts.OMP_THREADS);
    if (threads != null
        && threads.matches("\\d{1,6}")
        && Integer.parseInt(threads) < facts.cores()) {
      add(
          "%s = %s, but there are %d cores"
              .formatted(MachineFacts.OMP_THREADS, threads, facts.cores()),
          "unset it: training.threads-per-worker sets the threads");
    }
    if (facts.processor().installed() > facts.cores()) {
      add(
          "this process may use %d of the machine's %d cores"
              .formatted(facts.cores(), facts.processor().installed()),
          "raise the CPU limit of the container or job, unless it is meant to be so");
    }
    if (facts.load() > facts.cores() / 2.0) {
      add(
          "other programs have used %.1f of %d cores in the last minute"
              .formatted(facts.load(), facts.cores()),
          "measure and train on an idle machine");
    }
  }

  private void nativeTuning() {
    List<String> missing = facts.untuned();
    if (!missing.isEmpty()) {
      add(
          "variables are not set that make training on CPUs up to 2.6 times as fast: "
              + String.join(" ", missing),
          "start commands with deploy/larkspur, which sets them, or export them");
    }
  }

  private void bf16() {
    if (facts.supportsGpu(TORCH)) {
      return;
    }
    OptionalDouble fp32 = measured(Quantity.GEMM_FP32);
    OptionalDouble bf16 = measured(Quantity.GEMM_BF16);
    String remedy = "set training.precision = fp32";
    if (fp32.isPresent() && bf16.isPresent()) {
      if (bf16.getAsDouble() < fp32.getAsDouble()) {
        add(
            "matrix products in bf16 have %.2f times the speed of fp32 on this processor"
                .formatted(bf16.getAsDouble() / fp32.getAsDouble()),
            remedy);
      }
    } else if (!facts.processor().multipliesBf16()) {
      add("this processor has no instructions for bf16 (AVX512-BF16 or AMX)", remedy);
    }
  }

  private OptionalDouble measured(Quantity quantity) {
    return rates.stream()
        .filter(rate -> rate.quantity() == quantity && rate.failure() == null)
        .mapToDouble(Rate::perSecond)
        .findFirst();
  }

  private void gpu() {
    if (!facts.gpus().isEmpty() && !facts.supportsGpu(TORCH)) {
      add(
          "%s is not used by the engine torch: %s"
              .formatted(facts.gpus().get(0).name(), facts.gpus().get(0).refusals().get(TORCH)),
          "build larkspur.jar with the CUDA libraries of LibTorch, or train on the CPU with"
              + " training.device = cpu");
    }
  }

  private void space() {
    if (facts.memory().nativeCacheFree() < LEAST_DISK) {
      add(
          "there are %,d MB free where native libraries are unpacked, and at first use they take up to 900 MB"
              .formatted(facts.memory().nativeCacheFree() / 1_000_000),
          "free disk in ~/.cache, or choose another directory with"
              + " LARKSPUR_JAVA_ARGS=-Dorg.bytedeco.javacpp.cachedir=DIR");
    }
    if (facts.memory().memory() < LEAST_MEMORY) {
      add(
          "the machine has %,d MB of memory".formatted(facts.memory().memory() / 1_000_000),
          "train small models only; describe shows the memory that a model needs");
    }
  }

  private void failure(Rate rate) {
    add(
        "%s: %s".formatted(rate.quantity().label(), rate.failure()),
        switch (rate.quantity()) {
          case STORE_WRITE, STORE_READ ->
              "check the URI, the credentials and the settings of this file system; training"
                  + " reads and writes there in the same way";
          case DISK_WRITE, DISK_READ ->
              "name another directory with LARKSPUR_JAVA_ARGS=-Djava.io.tmpdir=DIR";
          case ALL_REDUCE -> "allow connections to 127.0.0.1";
          case MEMORY -> "give Java more memory with LARKSPUR_HEAP";
          case GEMM_FP32, GEMM_BF16 ->
              "the engine torch cannot compute here: see docs/engines.md for its platforms";
          case GPU_GEMM_FP32, GPU_GEMM_BF16 ->
              "check the NVIDIA driver, and that no other process uses the GPU";
        });
  }
}
