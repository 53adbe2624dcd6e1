package dev.larkspur.settings;

import java.util.Optional;

/** Reads and checks {@code model.ffn.rank} and {@code model.ffn.rank-fraction}. */
final class RankReader {
  private static final String RANK = "model.ffn.rank";
  private static final String FRACTION = "model.ffn.rank-fraction";

  private final Values values;
  private final Purpose purpose;
  private final Optional<Integer> hidden;
  private final Optional<Integer> ffn;
  private final Optional<Integer> rank;
  private final Optional<Double> fraction;

  RankReader(Values values, Purpose purpose, Optional<Integer> hidden, Optional<Integer> ffn) {
    this.values = values;
    this.purpose = purpose;
    this.hidden = hidden;
    this.ffn = ffn;
    this.rank = values.integer(RANK, 1);
    this.fraction = values.number(FRACTION, Bounds.SHARE_ABOVE_ZERO);
  }

  /** Refuses ranks where there are none to set; whether there were. */
  boolean isUseless(boolean kindHasRank, String kind) {
    boolean useless = false;
    for (String key : new String[] {RANK, FRACTION}) {
      if (!kindHasRank && values.present(key)) {
        values.refuse(
            key,
            "has no effect with model.ffn.kind = " + kind,
            "set it to null, as the files of conf/ffn do");
        useless = true;
      }
    }
    return useless;
  }

  /**
   * The rank; empty if it is missing or wrong.
   *
   * @param unit what a fraction is rounded to multiples of
   */
  Optional<Integer> read(int unit) {
    boolean hasRank = values.present(RANK);
    boolean hasFraction = values.present(FRACTION);
    if (hasRank && hasFraction) {
      values.refuse(RANK, "both it and " + FRACTION + " are set", "set one of the two to null");
      return Optional.empty();
    }
    if (!hasRank && !hasFraction) {
      if (purpose.needsModel()) {
        values.missing(FRACTION, RANK);
      }
      return Optional.empty();
    }
    return rank.or(() -> hidden.flatMap(h -> fraction.map(f -> rounded(f * h, unit))))
        .filter(r -> fits(hasRank ? RANK : FRACTION, r));
  }

  private static int rounded(double rank, int unit) {
    return Math.toIntExact(Math.round(rank / unit) * unit);
  }

  private boolean fits(String key, int given) {
    if (given < 1) {
      values.refuse(
          key,
          "is a rank below 1 for the width " + hidden.orElseThrow(),
          "the least fraction is 1 / width = %.2g".formatted(1.0 / hidden.orElseThrow()));
      return false;
    }
    if (hidden.isPresent() && ffn.isPresent() && given > Math.min(hidden.get(), ffn.get())) {
      values.refuse(
          key,
          "is a rank of %d, above the smaller side of the %d x %d matrices"
              .formatted(given, hidden.get(), ffn.get()),
          "a rank of %d is full; one saves work below %d"
              .formatted(
                  Math.min(hidden.get(), ffn.get()),
                  (long) hidden.get() * ffn.get() / ((long) hidden.get() + ffn.get())));
      return false;
    }
    return true;
  }
}
