package dev.larkspur.engine;

import java.io.Serializable;

/**
 * Where a replica computes.
 *
 * @param type processor
 * @param index number of the GPU on its host; 0 on CPUs
 * @param threads threads that one operator may use on a CPU
 */
public record Device(Type type, int index, int threads) implements Serializable {

  /** The kind of processor. */
  public enum Type {
    CPU,
    CUDA
  }

  public static Device cpu(int threads) {
    return new Device(Type.CPU, 0, threads);
  }

  public static Device cuda(int index) {
    return new Device(Type.CUDA, index, 1);
  }
}
