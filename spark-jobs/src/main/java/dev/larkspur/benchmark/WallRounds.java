package dev.larkspur.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures works in turn by the wall clock: each is warmed up, then each is measured once per
 * round, so that other load on the machine affects all of them alike.
 */
public final class WallRounds {
  private static final double NANOS = 1e9;

  private final int rounds;
  private final double secondsEach;

  /**
   * @param rounds how often each work is measured, at least 1
   * @param secondsEach least time of a measurement; a shorter work is repeated, and its mean taken
   */
  public WallRounds(int rounds, double secondsEach) {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, not " + rounds);
    }
    this.rounds = rounds;
    this.secondsEach = secondsEach;
  }

  /**
   * Measures all works.
   *
   * @param progress receives the number of each round, from 1
   * @return seconds of one run of each work, in their order
   */
  public List<Seconds> measure(List<Runnable> works, Consumer<Integer> progress) {
    works.forEach(Runnable::run);
    List<List<Double>> seconds = new ArrayList<>();
    works.forEach(work -> seconds.add(new ArrayList<>()));
    for (int round = 1; round <= rounds; round++) {
      progress.accept(round);
      for (int i = 0; i < works.size(); i++) {
        seconds.get(i).add(mean(works.get(i)));
      }
    }
    return seconds.stream().map(Seconds::new).toList();
  }

  private double mean(Runnable work) {
    long began = System.nanoTime();
    int runs = 0;
    double seconds;
    do {
      work.run();
      runs++;
      seconds = (System.nanoTime() - began) / NANOS;
    } while (seconds < secondsEach);
    return seconds / runs;
  }
}
