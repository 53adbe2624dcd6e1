package dev.larkspur.benchmark;

/**
 * How long one kind takes, beside dense.
 *
 * @param seconds wall clock
 * @param timesAsFast as dense: the ratio of the medians
 */
public record Compared(Seconds seconds, double timesAsFast) {
  static Compared of(Seconds seconds, Seconds dense) {
    return new Compared(seconds, dense.median() / seconds.median());
  }
}
