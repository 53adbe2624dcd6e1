package dev.larkspur.settings;

import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Positions;
import java.util.List;
import java.util.Optional;

/** Reads and checks what decoders of the same shape differ in. */
final class VariantReader {
  private enum PositionKind {
    ROPE,
    LEARNED
  }

  private final Values values;

  VariantReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is wrong. */
  Optional<DecoderVariant> read() {
    Optional<Norm> norm = values.choice("model.norm", List.of(Norm.values()));
    Optional<Double> epsilon = values.number("model.norm-epsilon", Bounds.POSITIVE);
    Optional<Positions> positions = positions();
    Optional<Boolean> biases = values.flag("model.biases");
    Optional<Boolean> tied = values.flag("model.tied-embedding");
    if (norm.isEmpty()
        || epsilon.isEmpty()
        || positions.isEmpty()
        || biases.isEmpty()
        || tied.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DecoderVariant(norm.get(), epsilon.get(), positions.get(), biases.get(), tied.get()));
  }

  private Optional<Positions> positions() {
    Optional<PositionKind> kind = values.choice("model.positions", List.of(PositionKind.values()));
    Optional<Double> ropeBase = values.number("model.rope-base", Bounds.POSITIVE);
    return kind.flatMap(
        given ->
            switch (given) {
              case ROPE -> ropeBase.map(Positions.Rotary::new);
              case LEARNED -> Optional.of(new Positions.Learned());
            });
  }
}
