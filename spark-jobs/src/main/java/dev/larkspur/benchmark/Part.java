package dev.larkspur.benchmark;

/** Something to measure: it can be done again and again, and does the same each time. */
public interface Part {
  /** For people; unlike that of any other part. */
  String name();

  /** Whose processor time counts. */
  CpuClock clock();

  /** Does it once; returns the number of tokens that were gone through. */
  long run();
}
