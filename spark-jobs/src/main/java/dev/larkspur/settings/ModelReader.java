package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and checks {@code model}. */
final class ModelReader {
  private enum FfnKind {
    DENSE,
    LOW_RANK
  }

  private final Values values;
  private final Purpose purpose;

  ModelReader(Values values, Purpose purpose) {
    this.values = values;
    this.purpose = purpose;
  }

  /** Empty if a part is missing or wrong. */
  Optional<ModelSettings> read() {
    int problemsBefore = values.problems().size();
    Optional<Integer> hidden = values.integer("model.hidden-dim", 1);
    Optional<Integer> layers = values.integer("model.layers", 1);
    Optional<Integer> context = values.integer("model.context", 1, SettingsReader.LARGEST_CONTEXT);
    Optional<Integer> vocabulary = values.integer("model.vocabulary", 1);
    Optional<Double> ropeBase = values.number("model.rope-base", Bounds.POSITIVE);
    Optional<Double> epsilon = values.number("model.norm-epsilon", Bounds.POSITIVE);
    Optional<Double> initStd = values.number("model.init-std", Bounds.POSITIVE);
    Optional<AttentionConfig> attention = attention(hidden);
    Optional<FfnConfig> ffn = ffn(hidden);
    if (values.problems().size() > problemsBefore
        || hidden.isEmpty()
        || layers.isEmpty()
        || attention.isEmpty()
        || ffn.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ModelSettings(
            hidden.get(),
            layers.get(),
            attention.get(),
            ffn.get(),
            optional(context),
            optional(vocabulary),
            ropeBase.orElseThrow(),
            epsilon.orElseThrow(),
            initStd.orElseThrow()));
  }

  private Optional<AttentionConfig> attention(Optional<Integer> hidden) {
    Optional<Integer> own = values.integer("model.attention-dim", 1);
    boolean wrongDim = values.present("model.attention-dim") && own.isEmpty();
    Optional<Integer> dim = wrongDim ? Optional.empty() : own.or(() -> hidden);
    Optional<Integer> heads = values.integer("model.query-heads", 1);
    Optional<Integer> ownKv = values.integer("model.kv-heads", 1);
    boolean wrongKv = values.present("model.kv-heads") && ownKv.isEmpty();
    Optional<Integer> kvHeads = wrongKv ? Optional.empty() : ownKv.or(() -> heads);
    boolean fits = true;
    if (dim.isPresent() && heads.isPresent()) {
      fits = headsFit(dim.get(), heads.get());
    }
    if (heads.isPresent() && kvHeads.isPresent() && heads.get() % kvHeads.get() != 0) {
      values.refuse(
          "model.kv-heads",
          "%d kv heads do not divide %d query heads".formatted(kvHeads.get(), heads.get()),
          "set it to one of " + Divisors.of(heads.get()));
      fits = false;
    }
    return fits && dim.isPresent() && heads.isPresent() && kvHeads.isPresent()
        ? Optional.of(new AttentionConfig(dim.get(), heads.get(), kvHeads.get()))
        : Optional.empty();
  }

  private boolean headsFit(int dim, int heads) {
    String problem = null;
    if (dim % heads != 0) {
      problem = "%d heads do not divide the attention's width %d".formatted(heads, dim);
    } else if (dim / heads % 2 != 0) {
      problem =
          "a head would be %d / %d = %d wide, an odd number: rotary embedding turns pairs"
              .formatted(dim, heads, dim / heads);
    }
    if (problem == null) {
      return true;
    }
    String remedy =
        dim % 2 == 0
            ? "set it to one of " + Divisors.of(dim / 2)
            : "give the attention an even width, model.attention-dim";
    values.refuse("model.query-heads", problem, remedy);
    return false;
  }

  private Optional<FfnConfig> ffn(Optional<Integer> hidden) {
    Optional<Integer> own = values.integer("model.ffn-dim", 1);
    boolean wrongDim = values.present("model.ffn-dim") && own.isEmpty();
    Optional<Integer> dim = wrongDim ? Optional.empty() : own.or(() -> hidden.map(h -> 4 * h));
    Optional<Boolean> denseFirst = values.flag("model.ffn.dense-first-layer");
    Optional<FfnStructure> structure = structure(hidden, dim);
    if (dim.isEmpty() || denseFirst.isEmpty() || structure.isEmpty()) {
      return Optional.empty();
    }
    FfnStructure first = denseFirst.get() ? new FfnStructure.Dense() : structure.get();
    return Optional.of(new FfnConfig(dim.get(), structure.get(), first));
  }

  private Optional<FfnStructure> structure(Optional<Integer> hidden, Optional<Integer> ffn) {
    Optional<FfnKind> kind =
        values.choice("model.ffn.kind", List.of(FfnKind.DENSE, FfnKind.LOW_RANK));
    Optional<Integer> rank = values.integer("model.ffn.rank", 1);
    Optional<Double> fraction = values.number("model.ffn.rank-fraction", Bounds.SHARE_ABOVE_ZERO);
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    if (kind.get() == FfnKind.DENSE) {
      return Optional.of(new FfnStructure.Dense());
    }
    boolean hasRank = values.present("model.ffn.rank");
    boolean hasFraction = values.present("model.ffn.rank-fraction");
    if (hasRank && hasFraction) {
      values.refuse(
          "model.ffn.rank",
          "both it and model.ffn.rank-fraction are set",
          "set one of the two to null");
      return Optional.empty();
    }
    if (!hasRank && !hasFraction) {
      if (purpose.needsModel()) {
        values.missing("model.ffn.rank-fraction", "model.ffn.rank");
      }
      return Optional.empty();
    }
    String key = hasRank ? "model.ffn.rank" : "model.ffn.rank-fraction";
    return rank.or(() -> hidden.flatMap(h -> fraction.map(f -> Math.toIntExact(Math.round(f * h)))))
        .filter(r -> rankFits(key, r, hidden, ffn))
        .map(FfnStructure.LowRank::new);
  }

  private boolean rankFits(String key, int rank, Optional<Integer> hidden, Optional<Integer> ffn) {
    if (rank < 1) {
      values.refuse(
          key,
          "is a rank below 1 for the width " + hidden.orElseThrow(),
          "the least fraction is 1 / width = %.2g".formatted(1.0 / hidden.orElseThrow()));
      return false;
    }
    if (hidden.isPresent() && ffn.isPresent() && rank > Math.min(hidden.get(), ffn.get())) {
      values.refuse(
          key,
          "is a rank of %d, above the smaller side of the %d x %d matrices"
              .formatted(rank, hidden.get(), ffn.get()),
          "a rank of %d is full; one saves work below %d"
              .formatted(
                  Math.min(hidden.get(), ffn.get()),
                  (long) hidden.get() * ffn.get() / ((long) hidden.get() + ffn.get())));
      return false;
    }
    return true;
  }

  static OptionalInt optional(Optional<Integer> number) {
    return number.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }
}
