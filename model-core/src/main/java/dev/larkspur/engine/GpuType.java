package dev.larkspur.engine;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

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
  private static final Pattern WORD_END = Pattern.compile("[ -]");
  private static final Set<String> OTHER_FORMS = Set.of("PCIe", "PCIE", "NVL");

  /**
   * Figures of NVIDIA's data sheets. Link bandwidth is per direction: half of what the sheets
   * print.
   */
  private static final List<GpuType> KNOWN =
      List.of(
          // H200 SXM, NVLink 4.
          sheet("H200", 989.4, 66.9, 141, 4800, 450),
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

  /**
   * The type of a product; empty for cards of another form, which are slower.
   *
   * @param product as NVIDIA's driver calls it, such as "NVIDIA A100-SXM4-80GB"
   */
  public static Optional<GpuType> ofProduct(String product) {
    List<String> words = WORD_END.splitAsStream(product).toList();
    return KNOWN.stream()
        .filter(type -> words.contains(type.name))
        .filter(type -> words.stream().noneMatch(OTHER_FORMS::contains))
        .findFirst();
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
