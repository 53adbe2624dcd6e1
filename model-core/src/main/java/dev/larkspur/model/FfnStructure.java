package dev.larkspur.model;

import java.io.Serializable;
import java.util.Optional;

/**
 * How each matrix of a feed-forward network is stored (paper, section 2). A matrix W of shape [out,
 * in] is either dense or a product of two smaller factors.
 */
public sealed interface FfnStructure extends Serializable {

  /** A dense matrix of shape [out, in]. */
  record Dense() implements FfnStructure {
    @Override
    public String kind() {
      return "dense";
    }

    @Override
    public int innerWidth(int out, int in) {
      return 0;
    }

    @Override
    public Optional<String> misfit(int out, int in) {
      return Optional.empty();
    }
  }

  /**
   * LowRank: W x → U (V x) with V of shape [matrixRank, in] and U of shape [out, matrixRank].
   *
   * @param matrixRank columns of U and rows of V; at least 1
   */
  record LowRank(int matrixRank) implements FfnStructure {
    public LowRank {
      Factors.requirePositive("rank", "low-rank", matrixRank);
    }

    @Override
    public String kind() {
      return "low-rank";
    }

    @Override
    public int innerWidth(int out, int in) {
      return matrixRank;
    }

    @Override
    public Optional<String> misfit(int out, int in) {
      return Factors.rankMisfit(matrixRank, out, in);
    }
  }

  /**
   * BlockDense: W x → U (V x) with V block-diagonal, stored as its blocks [blocks, matrixRank /
   * blocks, in / blocks], and U of shape [out, matrixRank].
   *
   * @param blocks of V; divides the rank and the width of the input
   * @param matrixRank columns of U and rows of V; at least 1
   */
  record BlockDense(int blocks, int matrixRank) implements FfnStructure {
    public BlockDense {
      Factors.requirePositive("number of blocks", "block-dense", blocks);
      Factors.requirePositive("rank", "block-dense", matrixRank);
    }

    @Override
    public String kind() {
      return "block-dense";
    }

    @Override
    public int innerWidth(int out, int in) {
      return matrixRank;
    }

    @Override
    public Optional<String> misfit(int out, int in) {
      return Factors.rankMisfit(matrixRank, out, in)
          .or(() -> Factors.undivided(blocks, "rank", matrixRank))
          .or(() -> Factors.undivided(blocks, "width", in));
    }
  }

  /**
   * BlockShuffle, a Monarch matrix (Dao et al., arXiv 2204.00595): two block-diagonal factors V and
   * U, stored as their blocks [blocks, inner / blocks, in / blocks] and [blocks, out / blocks,
   * inner / blocks] with inner the smaller of in and out. Between them the features are shuffled:
   * feature i · blocks + b moves to block b, position i; after U they are shuffled back.
   *
   * @param blocks of each factor; divides both widths
   */
  record BlockShuffle(int blocks) implements FfnStructure {
    public BlockShuffle {
      Factors.requirePositive("number of blocks", "block-shuffle", blocks);
    }

    @Override
    public String kind() {
      return "block-shuffle";
    }

    @Override
    public int innerWidth(int out, int in) {
      return Math.min(out, in);
    }

    @Override
    public Optional<String> misfit(int out, int in) {
      return Factors.undivided(blocks, "width", in)
          .or(() -> Factors.undivided(blocks, "width", out));
    }
  }

  /**
   * A structured matrix with a dense guide in the first part of a training (Wei et al., arXiv
   * 2406.16450, section 4): W x → α·G x + (1−α)·U (V x) with G of shape [out, in].
   *
   * @param structured the matrix that remains without the guide
   */
  record Guided(FfnStructure structured) implements FfnStructure {
    @Override
    public String kind() {
      return structured.kind();
    }

    @Override
    public int innerWidth(int out, int in) {
      return structured.innerWidth(out, in);
    }

    @Override
    public Optional<String> misfit(int out, int in) {
      return structured.misfit(out, in);
    }
  }

  /** The same structure with a guide, if it has factors. */
  default FfnStructure guided() {
    return this instanceof Dense || this instanceof Guided ? this : new Guided(this);
  }

  /** Name of the kind in settings and reports. */
  String kind();

  /**
   * Number of values per token between the two factors of a matrix [out, in]; 0 without factors.
   */
  int innerWidth(int out, int in);

  /** Why a matrix [out, in] cannot have this structure; empty if it can. */
  Optional<String> misfit(int out, int in);

  /** Checks the sizes of factors. */
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
}
