package dev.larkspur.costmodel;

import dev.larkspur.engine.Precision;
import java.util.List;
import java.util.Optional;

/**
 * GPUs and what joins them.
 *
 * @param gpu all are of this type
 * @param gpus how many there are; the number of workers
 * @param gpusPerHost of a full host
 * @param hostNetwork of a host to the others, bytes/s in each direction
 * @param hostStorage of a host to the storage, bytes/s
 * @param gpuMtbf mean time between failures of one GPU and its share of all else, seconds
 * @param restart from a failure until the first step, without reading the checkpoint, seconds
 */
public record Cluster(
    GpuType gpu,
    int gpus,
    int gpusPerHost,
    double hostNetwork,
    double hostStorage,
    double gpuMtbf,
    double restart) {

  /** GPUs that share a host, the last one aside. */
  public int sharing() {
    return Math.min(gpus, gpusPerHost);
  }

  /** Whether the exchange leaves the host. */
  public boolean hasNetwork() {
    return gpus > gpusPerHost;
  }

  /**
   * Bandwidth of a ring over all GPUs, bytes/s. It enters and leaves each host once, so it has the
   * host's whole network, and not more than a link.
   */
  public double ringBandwidth() {
    return hasNetwork() ? Math.min(gpu.linkBandwidth(), hostNetwork) : gpu.linkBandwidth();
  }

  /** Mean time between failures of the whole; any one stops all, since the training is in step. */
  public double mtbf() {
    return gpuMtbf / gpus;
  }

  /**
   * A GPU, as its vendor's data sheet has it.
   *
   * @param name as people say it
   * @param bf16Flops peak of dense bf16 matrix products, FLOP/s, without structured sparsity
   * @param fp32Flops peak of fp32, FLOP/s; LibTorch does not use TF32 unless asked to
   * @param memoryBytes memory
   * @param memoryBandwidth bytes/s
   * @param linkBandwidth to the other GPUs of the host, bytes/s in each direction
   */
  public record GpuType(
      String name,
      double bf16Flops,
      double fp32Flops,
      double memoryBytes,
      double memoryBandwidth,
      double linkBandwidth) {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;

    /** NVIDIA's data sheets; a link counts in one direction, half of what the sheets print. */
    private static final List<GpuType> KNOWN =
        List.of(
            // H100 SXM, NVLink 4.
            sheet("H100", 989.4, 66.9, 80, 3350, 450),
            // A100 SXM 80GB, NVLink 3.
            sheet("A100", 312, 19.5, 80, 2039, 300),
            // L40S, PCIe 4.0 x16.
            sheet("L40S", 362, 91.6, 48, 864, 32),
            // V100 SXM2 32GB, NVLink 2. Its tensor cores know fp16 only: bf16 is no faster than
            // fp32.
            sheet("V100", 15.7, 15.7, 32, 900, 150));

    private static GpuType sheet(
        String name, double bf16, double fp32, double memory, double bandwidth, double link) {
      return new GpuType(
          name, bf16 * TERA, fp32 * TERA, memory * GIGA, bandwidth * GIGA, link * GIGA);
    }

    /** The type with this name, in any case. */
    public static Optional<GpuType> named(String name) {
      return KNOWN.stream().filter(type -> type.name.equalsIgnoreCase(name)).findFirst();
    }

    /** Names of all known types. */
    public static List<String> names() {
      return KNOWN.stream().map(GpuType::name).toList();
    }

    /** This type with another peak, FLOP/s, whatever the precision. */
    public GpuType withFlops(double flops) {
      return new GpuType(name, flops, flops, memoryBytes, memoryBandwidth, linkBandwidth);
    }

    /** This type with another memory. */
    public GpuType withMemory(double bytes) {
      return new GpuType(name, bf16Flops, fp32Flops, bytes, memoryBandwidth, linkBandwidth);
    }

    /** Peak of matrix products, FLOP/s. */
    public double peak(Precision precision) {
      return precision == Precision.BF16 ? bf16Flops : fp32Flops;
    }
  }
}
