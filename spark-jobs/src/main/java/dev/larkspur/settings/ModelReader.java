package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Positions;
import dev.larkspur.model.FfnConfig;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and checks {@code model}. */
final class ModelReader {
  private final Values values;
  private final Purpose purpose;

  ModelReader(Values values, Purpose purpose) {
    this.values = values;
    this.purpose = purpose;
  }

  /** Empty if a part is missing or wrong. */
  Optional<ModelSettings> read() {
    int problemsBefore = values.problems().size();
    Optional<Integer> hidden = values.integer("model.hidden-dim", 1, SettingsReader.LARGEST_WIDTH);
    Optional<Integer> layers = values.integer("model.layers", 1, SettingsReader.MOST_LAYERS);
    Optional<Integer> context = values.integer("model.context", 1, SettingsReader.LARGEST_CONTEXT);
    Optional<Integer> vocabulary = values.integer("model.vocabulary", 1);
    Optional<DecoderVariant> variant = new VariantReader(values).read();
    Optional<Double> initStd = values.number("model.init-std", Bounds.POSITIVE);
    boolean rotary =
        variant
            .map(DecoderVariant::positions)
            .filter(Positions.Rotary.class::isInstance)
            .isPresent();
    Optional<AttentionConfig> attention = attention(hidden, rotary);
    Optional<FfnConfig> ffn = new FfnReader(values, purpose, hidden).read();
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
            variant.orElseThrow(),
            optional(context),
            optional(vocabulary),
            initStd.orElseThrow()));
  }

  private Optional<AttentionConfig> attention(Optional<Integer> hidden, boolean rotary) {
    Optional<Integer> own = values.integer("model.attention-dim", 1, SettingsReader.LARGEST_WIDTH);
    boolean wrongDim = values.present("model.attention-dim") && own.isEmpty();
    Optional<Integer> dim = wrongDim ? Optional.empty() : own.or(() -> hidden);
    Optional<Integer> heads = values.integer("model.query-heads", 1);
    Optional<Integer> ownKv = values.integer("model.kv-heads", 1);
    boolean wrongKv = values.present("model.kv-heads") && ownKv.isEmpty();
    Optional<Integer> kvHeads = wrongKv ? Optional.empty() : ownKv.or(() -> heads);
    boolean fits = true;
    if (dim.isPresent() && heads.isPresent()) {
      fits = headsFit(dim.get(), heads.get(), rotary);
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

  private boolean headsFit(int dim, int heads, boolean rotary) {
    String problem = null;
    if (dim % heads != 0) {
      problem = "%d heads do not divide the attention's width %d".formatted(heads, dim);
    } else if (rotary && dim / heads % 2 != 0) {
      problem =
          "a head would be %d / %d = %d wide, an odd number: rotary embedding turns pairs"
              .formatted(dim, heads, dim / heads);
    }
    if (problem == null) {
      return true;
    }
    String remedy =
        !rotary || dim % 2 == 0
            ? "set it to one of " + Divisors.of(rotary ? dim / 2 : dim)
            : "give the attention an even width, model.attention-dim";
    values.refuse("model.query-heads", problem, remedy);
    return false;
  }

  static OptionalInt optional(Optional<Integer> number) {
    return number.map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }
}
