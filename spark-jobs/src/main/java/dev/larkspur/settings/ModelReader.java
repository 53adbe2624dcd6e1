package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Positions;
import dev.larkspur.model.FfnConfig;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what of {@code model} depends on several settings. */
final class ModelReader {
  private static final String GROUP = "model";

  private enum PositionKind {
    ROPE,
    LEARNED
  }

  private record PositionKeys(PositionKind positions, @Setting(above = 0) double ropeBase) {}

  private record AttentionKeys(
      @Setting(least = 1, most = ModelSettings.LARGEST_WIDTH) OptionalInt attentionDim,
      @Setting(least = 1) int queryHeads,
      @Setting(least = 1) OptionalInt kvHeads) {}

  private final Values values;
  private final Purpose purpose;
  private final RecordReader records;

  ModelReader(Values values, Purpose purpose) {
    this.values = values;
    this.purpose = purpose;
    this.records = new RecordReader(values);
  }

  /** Empty if a part is missing or wrong. */
  Optional<ModelSettings> read() {
    Optional<Integer> hidden = values.integer("model.hidden-dim", 1, ModelSettings.LARGEST_WIDTH);
    Optional<DecoderVariant> variant =
        records
            .with(Positions.class, key -> positions())
            .read(GROUP, DecoderVariant.class, Map.of("normEpsilon", Range.POSITIVE));
    boolean rotary =
        variant
            .map(DecoderVariant::positions)
            .filter(Positions.Rotary.class::isInstance)
            .isPresent();
    return records
        .with(DecoderVariant.class, group -> variant)
        .with(AttentionConfig.class, group -> attention(hidden, rotary))
        .with(FfnConfig.class, group -> new FfnReader(values, purpose, hidden).read())
        .read(GROUP, ModelSettings.class);
  }

  private Optional<Positions> positions() {
    return records
        .read(GROUP, PositionKeys.class)
        .map(
            keys ->
                switch (keys.positions()) {
                  case ROPE -> new Positions.Rotary(keys.ropeBase());
                  case LEARNED -> new Positions.Learned();
                });
  }

  private Optional<AttentionConfig> attention(Optional<Integer> hidden, boolean rotary) {
    Optional<AttentionKeys> keys = records.read(GROUP, AttentionKeys.class);
    if (keys.isEmpty() || (hidden.isEmpty() && keys.get().attentionDim().isEmpty())) {
      return Optional.empty();
    }
    int dim = keys.get().attentionDim().orElseGet(hidden::get);
    int heads = keys.get().queryHeads();
    int kvHeads = keys.get().kvHeads().orElse(heads);
    boolean fits = headsFit(dim, heads, rotary);
    if (heads % kvHeads != 0) {
      values.refuse(
          "model.kv-heads",
          "%d kv heads do not divide %d query heads".formatted(kvHeads, heads),
          "set it to one of " + Divisors.of(heads));
      fits = false;
    }
    return fits ? Optional.of(new AttentionConfig(dim, heads, kvHeads)) : Optional.empty();
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
}
