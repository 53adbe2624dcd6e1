package dev.larkspur.collective;

/** How gradients are written on their way between workers. Sums are always taken in fp32. */
public enum WireDtype {
  /** As they are: 4 bytes a value. */
  FP32,
  /**
   * 2 bytes a value. Each worker's gradient is rounded to bfloat16 once, all of them are added in
   * fp32 in the order of the ranks, and the sum is rounded once more. So the error does not grow
   * with the number of workers, as it would if partial sums were rounded on every hop of a ring.
   */
  BF16
}
