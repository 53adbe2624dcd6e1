package dev.larkspur.model;

import java.io.Serializable;

/** How a model encodes positions. */
public sealed interface Positions extends Serializable {

  /**
   * Rotary embedding of queries and keys (Su et al., arXiv 2104.09864), as in the paper: of the
   * rotated coordinates of a head, i and i + half of them are turned together.
   *
   * @param base of its frequencies; 10,000 in the paper
   * @param fraction of each head that is rotated, its first coordinates; 1 in the paper
   * @param scaling of the frequencies
   */
  record Rotary(double base, double fraction, Scaling scaling) implements Positions {
    public static final double PAPER_BASE = 10_000;

    /** Whole heads, frequencies that are not scaled. */
    public Rotary(double base) {
      this(base, 1, new Scaling.None());
    }

    /** Number of rotated coordinates of a head, rounded down. */
    public int rotated(int headDim) {
      return (int) (headDim * fraction);
    }

    /** Radians by which a position turns each pair of coordinates, [rotated / 2]. */
    public double[] frequencies(int headDim) {
      int rotated = rotated(headDim);
      double[] frequencies = new double[rotated / 2];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = scaling.of(Math.pow(base, -2.0 * i / rotated));
      }
      return frequencies;
    }
  }

  /** A learned vector for each position of the context, added to the token's. */
  record Learned() implements Positions {}

  /** Changes the frequencies of rotary embedding. */
  sealed interface Scaling extends Serializable {

    /** The scaled frequency, in radians a token. */
    double of(double frequency);

    /** Frequencies stay as they are. */
    record None() implements Scaling {
      @Override
      public double of(double frequency) {
        return frequency;
      }
    }

    /**
     * The scaling of Llama 3.1 ({@code rope_type} llama3 in transformers): frequencies with
     * wavelengths above {@code originalContext / lowFrequencyFactor} tokens are divided by the
     * factor, those below {@code originalContext / highFrequencyFactor} are kept, and between them
     * both are interpolated.
     *
     * @param factor at least 1
     * @param originalContext tokens of the context before the scaling
     */
    record Llama3(
        double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
        implements Scaling {
      @Override
      public double of(double frequency) {
        double wavelengths = originalContext * frequency / (2 * Math.PI);
        double kept =
            (wavelengths - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
        double share = Math.max(0, Math.min(1, kept));
        return (1 - share) * frequency / factor + share * frequency;
      }
    }
  }
}
