package dev.larkspur.benchmark;

/**
 * Decoding of one kind of feed-forward networks.
 *
 * @param kind label
 * @param sequences side by side
 * @param factors seconds for all tokens with factors as they are stored
 * @param merged the same with their products
 * @param auto the same with what {@code --merge auto} chooses
 */
public record DecodeMeasured(
    String kind, int sequences, Seconds factors, Seconds merged, Seconds auto) {

  /** Speed of the products as a multiple of that of the factors. */
  public double mergedTimesAsFast() {
    return factors.median() / merged.median();
  }
}
