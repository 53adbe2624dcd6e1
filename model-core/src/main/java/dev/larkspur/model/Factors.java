package dev.larkspur.model;

import java.util.Optional;

/** What the sizes of factors must fulfil. */
final class Factors {
  private Factors() {}

  static void requirePositive(String what, String kind, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "the %s of a %s FFN is %d: it must be at least 1".formatted(what, kind, value));
    }
  }

  static Optional<String> rankMisfit(int matrixRank, int out, int in) {
    int smaller = Math.min(out, in);
    return matrixRank <= smaller
        ? Optional.empty()
        : Optional.of(
            "rank %d is above the smaller side of the %d x %d matrices"
                .formatted(matrixRank, smaller, Math.max(out, in)));
  }

  static Optional<String> undivided(int blocks, String what, int size) {
    return size % blocks == 0
        ? Optional.empty()
        : Optional.of("%d blocks do not divide the %s %d".formatted(blocks, what, size));
  }
}
