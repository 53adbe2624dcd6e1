package dev.larkspur.engine;

/** The arithmetic of a replica. */
public enum Precision {
  /** 32-bit floats throughout. */
  FP32,
  /** Matrix products in bfloat16; parameters, gradients and moments stay in 32-bit floats. */
  BF16,
  /** 64-bit floats throughout: the reference for gradient checks, far too slow for training. */
  FP64;
}
