package dev.larkspur.settings;

/** The processor that a worker is to use. */
public enum DeviceChoice {
  /** A GPU where Spark has given the worker one, else the CPU. */
  AUTO,
  CPU,
  CUDA
}
