package dev.larkspur.settings;

import java.util.ArrayList;
import java.util.List;

/** The numbers that a remedy can offer where one must divide another. */
final class Divisors {
  private Divisors() {}

  /** In rising order. */
  static List<Integer> of(int number) {
    List<Integer> small = new ArrayList<>();
    List<Integer> large = new ArrayList<>();
    for (int d = 1; (long) d * d <= number; d++) {
      if (number % d == 0) {
        small.add(d);
        if (d != number / d) {
          large.add(0, number / d);
        }
      }
    }
    small.addAll(large);
    return small;
  }
}
