package dev.larkspur.costmodel;

import dev.larkspur.engine.Precision;
import java.util.List;
import java.util.Optional;

/**
 * GPUs and their interconnect.
 *
 * @param gpu type of all of them
 * @param gpus number of GPUs, which is the number of workers
 * @param gpusPerHost GPUs of a full host
 * @param hostNetwork bandwidth of a host to the others, bytes/s in each direction
 * @param hostStorage bandwidth of a host to the storage, bytes/s
 * @param gpuMtbf mean time between failures of one GPU with its share of host and network, seconds
 * @param restart time from a failure to the first step, without reading the checkpoint, seconds
 */
public record Cluster(
    GpuType gpu,
    int gpus,
    int gpusPerHost,
    double hostNetwork,
    double hostStorage,
    double gpuMtbf,
    double restart) {

  /** GPUs per host, except for the last host, which may have fewer. */
  public int sharing() {
    return Math.min(gpus, gpusPerHost);
  }

  /** Whether the exchange crosses hosts. */
  public boolean hasNetwork() {
    return gpus > gpusPerHost;
  }

  /**
   * Bandwidth of a ring over all GPUs, bytes/s. A ring enters and leaves each host once, so it gets
   * the full network bandwidth of a host, but at most that of a link.
   */
  public double ringBandwidth() {
    return hasNetwork() ? Math.min(gpu.linkBandwidth(), hostNetwork) : gpu.linkBandwidth();
  }

  /**
   * Mean time between failures of the cluster, seconds. Training is synchronous, so one failure
   * stops all.
   */
  public double mtbf() {
    return gpuMtbf / gpus;
  }

  /**
   * A GPU type, with the figures of its vendor's data sheet.
   *
   * @param name common name
   * @param bf16Flops peak of dense bf16 matrix products, FLOP/s, without structured sparsity
   * @param fp32Flops peak of fp32, FLOP/s; LibTorch does not use TF32 by default
   * @param memoryBytes memory, bytes
   * @param memoryBandwidth memory bandwidth, bytes/s
   * @param linkBandwidth bandwidth to the other GPUs of the host, bytes/s in each direction
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

    /**
     * Figures of NVIDIA's data sheets. Link bandwidth is per direction: half of what the sheets
     * print.
     */
    private static final List<GpuType> KNOWN =
        List.of(
            // H100 SXM, NVLink 4.
            sheet("H100", 989.4, 66.9, 80, 3350, 450),
            // A100 SXM 80GB, NVLink 3.
            sheet("A100", 312, 19.5, 80, 2039, 300),
            // L40S, PCIe 4.0 x16.
            sheet("L40S", 362, 91.6, 48, 864, 32),
            // V100 SXM2 32GB, NVLink 2. Its tensor cores support fp16 only, so bf16 is no faster
            // than fp32.
            sheet("V100", 15.7, 15.7, 32, 900, 150));

    private static GpuType sheet(
        String name, double bf16, double fp32, double memory, double bandwidth, double link) {
      return new GpuType(
          name, bf16 * TERA, fp32 * TERA, memory * GIGA, bandwidth * GIGA, link * GIGA);
    }

    /** The type with this name, ignoring case. */
    public static Optional<GpuType> named(String name) {
      return KNOWN.stream().filter(type -> type.name.equalsIgnoreCase(name)).findFirst();
    }

    /** Names of all known types. */
    public static List<String> names() {
      return KNOWN.stream().map(GpuType::name).toList();
    }

    /** This type with another peak, FLOP/s, in every precision. */
    public GpuType withFlops(double flops) {
      return new GpuType(name, flops, flops, memoryBytes, memoryBandwidth, linkBandwidth);
    }

    /** This type with {@code bytes} of memory. */
    public GpuType withMemory(double bytes) {
      return new GpuType(name, bf16Flops, fp32Flops, bytes, memoryBandwidth, linkBandwidth);
    }

    /** Peak of matrix products, FLOP/s. */
    public double peak(Precision precision) {
      return precision == Precision.BF16 ? bf16Flops : fp32Flops;
    }
  }
}
