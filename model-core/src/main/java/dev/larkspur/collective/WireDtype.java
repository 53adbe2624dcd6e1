package dev.larkspur.collective;

/** The type of gradients on the wire. Sums are always computed in fp32. */
public enum WireDtype {
  /** 4 bytes per value, exact. */
  FP32,
  /**
   * 2 bytes per value. Each worker's gradient is rounded to bfloat16 once, gradients are added in
   * fp32 in the order of the ranks, and the sum is rounded once more. The error does not grow with
   * the number of workers, unlike that of a ring that rounds partial sums on every hop.
   */
  BF16
}
