package dev.larkspur.engine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GPU of this machine, as NVIDIA's driver describes it.
 *
 * @param name of the product, such as "NVIDIA A100-SXM4-80GB"
 * @param capability determines which machine code it runs
 */
public record Gpu(String name, ComputeCapability capability) {

  /**
   * The generation of an NVIDIA GPU (CUDA C++ Programming Guide, "Compute Capability").
   *
   * @param major generation, such as 9 for Hopper
   * @param minor revision within it
   */
  public record ComputeCapability(int major, int minor) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,2})");

    /**
     * Reads a text such as "8.6".
     *
     * @throws IllegalArgumentException if the text is not a compute capability
     */
    public static ComputeCapability parse(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("\"%s\" is not a compute capability".formatted(text));
      }
      return new ComputeCapability(
          Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Whether it runs machine code that was compiled for another compute capability: the same
     * generation, and this revision or an earlier one.
     */
    public boolean runs(ComputeCapability code) {
      return major == code.major && minor >= code.minor;
    }

    /** Such as "8.6". */
    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /**
   * Whether an engine computes on a GPU.
   *
   * @param supported whether the engine computes on it
   * @param reason why, and the remedy if it is not supported
   */
  public record GpuSupport(boolean supported, String reason) {}
}
