package dev.larkspur.benchmark;

import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * A kind of feed-forward network that the paper compares, for any width.
 *
 * @param label name for tables and plots
 * @param structure of its matrices, by hidden width
 */
public record FfnKind(String label, IntFunction<FfnStructure> structure) {

  /**
   * All kinds: dense, then each structured kind with 63 % and 32 % of the weights (paper, section
   * 3).
   */
  public static List<FfnKind> all() {
    return List.of(
        new FfnKind("dense", width -> new FfnStructure.Dense()),
        new FfnKind("LowRank 63 %", width -> new FfnStructure.LowRank(width / 2)),
        new FfnKind("LowRank 32 %", width -> new FfnStructure.LowRank(width / 4)),
        new FfnKind("BlockDense 63 %", width -> new FfnStructure.BlockDense(2, twice(width / 3.0))),
        new FfnKind("BlockDense 32 %", width -> new FfnStructure.BlockDense(2, twice(width / 6.0))),
        new FfnKind("BlockShuffle 63 %", width -> new FfnStructure.BlockShuffle(2)),
        new FfnKind("BlockShuffle 32 %", width -> new FfnStructure.BlockShuffle(4)));
  }

  /** Its name in options and presets, such as {@code low-rank-32}. */
  public String name() {
    return label
        .replaceAll("([a-z])([A-Z])", "$1-$2")
        .replace(" %", "")
        .replace(' ', '-')
        .toLowerCase(Locale.ROOT);
  }

  /** Whether its matrices are stored as factors. */
  boolean isStructured(int width) {
    return !(structure.apply(width) instanceof FfnStructure.Dense);
  }

  /** A model with networks of this kind; a dense first layer stays dense. */
  ModelConfig in(ModelConfig base) {
    FfnConfig ffn = base.ffn();
    FfnStructure own = structure.apply(base.hiddenDim());
    FfnStructure first = ffn.firstLayer() instanceof FfnStructure.Dense dense ? dense : own;
    return new ModelConfig(
        base.dimensions(),
        base.attention(),
        new FfnConfig(ffn.dim(), own, first, ffn.activation()),
        base.variant(),
        base.initStd());
  }

  /** The rank of two blocks, from that of one. */
  private static int twice(double half) {
    return 2 * (int) Math.max(1, Math.round(half));
  }
}
