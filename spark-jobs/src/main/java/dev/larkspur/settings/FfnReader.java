package dev.larkspur.settings;

import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import java.util.List;
import java.util.Optional;

/** Reads and checks {@code model.ffn}. */
final class FfnReader {
  private static final String BLOCKS = "model.ffn.blocks";

  /** How the matrices are stored, and the settings that this depends on. */
  private enum Kind {
    DENSE(false, false),
    LOW_RANK(false, true),
    BLOCK_DENSE(true, true),
    BLOCK_SHUFFLE(true, false);

    private final boolean hasBlocks;
    private final boolean hasRank;

    Kind(boolean hasBlocks, boolean hasRank) {
      this.hasBlocks = hasBlocks;
      this.hasRank = hasRank;
    }
  }

  private final Values values;
  private final Purpose purpose;
  private final Optional<Integer> hidden;

  /**
   * @param hidden width of the residual stream; empty if it is missing or wrong
   */
  FfnReader(Values values, Purpose purpose, Optional<Integer> hidden) {
    this.values = values;
    this.purpose = purpose;
    this.hidden = hidden;
  }

  /** Empty if a part is missing or wrong. */
  Optional<FfnConfig> read() {
    Optional<Integer> own = values.integer("model.ffn-dim", 1, SettingsReader.LARGEST_FFN_WIDTH);
    boolean wrongDim = values.present("model.ffn-dim") && own.isEmpty();
    Optional<Integer> dim = wrongDim ? Optional.empty() : own.or(() -> hidden.map(h -> 4 * h));
    Optional<Boolean> denseFirst = values.flag("model.ffn.dense-first-layer");
    Optional<Activation> activation =
        values.choice("model.ffn.activation", List.of(Activation.values()));
    Optional<FfnStructure> structure = structure(dim);
    if (dim.isEmpty() || denseFirst.isEmpty() || structure.isEmpty() || activation.isEmpty()) {
      return Optional.empty();
    }
    FfnStructure first = denseFirst.get() ? new FfnStructure.Dense() : structure.get();
    return Optional.of(new FfnConfig(dim.get(), structure.get(), first, activation.get()));
  }

  private Optional<FfnStructure> structure(Optional<Integer> dim) {
    Optional<Kind> kind = values.choice("model.ffn.kind", List.of(Kind.values()));
    Optional<Integer> blocks = values.integer(BLOCKS, 1);
    RankReader ranks = new RankReader(values, purpose, hidden, dim);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    boolean useless = ranks.isUseless(kind.get().hasRank, Values.word(kind.get()));
    if (!kind.get().hasBlocks && values.present(BLOCKS)) {
      values.refuse(
          BLOCKS,
          "has no effect with model.ffn.kind = " + Values.word(kind.get()),
          "set it to null, as the files of conf/ffn do");
      useless = true;
    }
    if (kind.get().hasBlocks && !values.present(BLOCKS) && purpose.needsModel()) {
      values.missing(BLOCKS);
    }
    if (useless || (kind.get().hasBlocks && blocks.isEmpty())) {
      return Optional.empty();
    }
    return switch (kind.get()) {
      case DENSE -> Optional.of(new FfnStructure.Dense());
      case LOW_RANK -> ranks.read(1).map(FfnStructure.LowRank::new);
      case BLOCK_DENSE ->
          ranks
              .read(blocks.get())
              .filter(rank -> divide(dim, rank, blocks.get()))
              .map(rank -> new FfnStructure.BlockDense(blocks.get(), rank));
      case BLOCK_SHUFFLE ->
          Optional.of(blocks.get())
              .filter(count -> divide(dim, 0, count))
              .map(FfnStructure.BlockShuffle::new);
    };
  }

  /** Both matrices' inputs are cut into blocks, and the rank of those that have one. */
  private boolean divide(Optional<Integer> dim, int rank, int blocks) {
    if (hidden.isEmpty() || dim.isEmpty()) {
      return true;
    }
    int common = gcd(gcd(hidden.get(), dim.get()), rank);
    if (common % blocks == 0) {
      return true;
    }
    String widths = "the widths %d and %d".formatted(hidden.get(), dim.get());
    values.refuse(
        BLOCKS,
        "%d blocks do not divide %s".formatted(blocks, widths)
            + (rank == 0 ? "" : " and the rank %d".formatted(rank)),
        "set it to one of " + Divisors.of(common));
    return false;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
