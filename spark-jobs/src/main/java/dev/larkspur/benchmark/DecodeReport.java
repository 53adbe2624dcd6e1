package dev.larkspur.benchmark;

import java.util.List;

/**
 * What {@link DecodeBenchmark} has measured.
 *
 * @param engine name and version
 * @param device and its threads
 * @param precision of products
 * @param width hidden
 * @param inner width of the feed-forward networks
 * @param layers of the model
 * @param tokens that each sequence read
 * @param kinds by kind and number of sequences
 */
public record DecodeReport(
    String engine,
    String device,
    String precision,
    int width,
    int inner,
    int layers,
    int tokens,
    List<DecodeMeasured> kinds) {
  /** Copies the list. */
  public DecodeReport {
    kinds = List.copyOf(kinds);
  }

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
}
