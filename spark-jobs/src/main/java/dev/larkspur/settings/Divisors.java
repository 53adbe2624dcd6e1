package dev.larkspur.settings;

import java.util.List;
import java.util.stream.IntStream;

/** The numbers that a remedy can offer where one must divide another. */
final class Divisors {
  private Divisors() {}

  static List<Integer> of(int number) {
    return IntStream.rangeClosed(1, number).filter(d -> number % d == 0).boxed().toList();
  }

  static String shareMessage(int share, int workers, int microBatch) {
    return "each of %s has %s of a step, which passes of %d do not divide"
        .formatted(Count.of(workers, "worker"), Count.of(share, "sequence"), microBatch);
  }
}
