package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads the values of {@code model} that depend on several settings. */
final class ModelReader {
  private static final String GROUP = "model";

  private enum PositionKind {
    ROPE,
    LEARNED
  }

  private record PositionKeys(
      PositionKind positions,
      @Setting(above = 0) double ropeBase,
      @Setting(above = 0, most = 1) double ropeFraction,
      ScalingKeys ropeScaling) {}

  private enum ScalingKind {
    NONE,
    LLAMA3
  }

  private record ScalingKeys(
      ScalingKind kind,
      @Setting(least = 1) OptionalDouble factor,
      @Setting(above = 0) OptionalDouble lowFrequencyFactor,
      @Setting(above = 0) OptionalDouble highFrequencyFactor,
      @Setting(least = 1) OptionalInt originalContext)
      implements RecordReader.Checked {

    @Override
    public void check(RecordReader.Problems problems) {
      Map<String, Boolean> present = new LinkedHashMap<>();
      present.put("factor", factor.isPresent());
      present.put("low-frequency-factor", lowFrequencyFactor.isPresent());
      present.put("high-frequency-factor", highFrequencyFactor.isPresent());
      present.put("original-context", originalContext.isPresent());
      present.forEach(
          (name, set) -> {
            if (kind == ScalingKind.LLAMA3 && !set) {
              problems.missing(name);
            } else if (kind == ScalingKind.NONE && set) {
              problems.refuse(
                  name,
                  "has no effect with model.rope-scaling.kind = none",
                  "set it to null, or the kind to llama3");
            }
          });
      if (lowFrequencyFactor.orElse(0) >= highFrequencyFactor.orElse(Double.POSITIVE_INFINITY)) {
        problems.refuse(
            "high-frequency-factor",
            "it is not above low-frequency-factor, " + lowFrequencyFactor.getAsDouble(),
            "swap them, or take 1 and 4, as Llama 3.1 has them");
      }
    }

    Scaling scaling() {
      return kind == ScalingKind.NONE
          ? new Scaling.None()
          : new Scaling.Llama3(
              factor.getAsDouble(),
              lowFrequencyFactor.getAsDouble(),
              highFrequencyFactor.getAsDouble(),
              originalContext.getAsInt());
    }
  }

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
            .with(Biases.class, this::biases)
            .read(GROUP, DecoderVariant.class, Map.of("normEpsilon", Range.POSITIVE));
    Optional<Positions.Rotary> rotary =
        variant
            .map(DecoderVariant::positions)
            .filter(Positions.Rotary.class::isInstance)
            .map(Positions.Rotary.class::cast);
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
                  case ROPE ->
                      new Positions.Rotary(
                          keys.ropeBase(), keys.ropeFraction(), keys.ropeScaling().scaling());
                  case LEARNED -> new Positions.Learned();
                });
  }

  /** Words that were a flag before there was a third. */
  private Optional<Biases> biases(String key) {
    return values
        .word(key, List.of("true", "qkv", "false"))
        .map(
            word ->
                switch (word) {
                  case "true" -> Biases.ALL;
                  case "qkv" -> Biases.QKV;
                  default -> Biases.NONE;
                });
  }

  private Optional<AttentionConfig> attention(
      Optional<Integer> hidden, Optional<Positions.Rotary> rotary) {
    Optional<AttentionKeys> keys = records.read(GROUP, AttentionKeys.class);
    if (keys.isEmpty() || (hidden.isEmpty() && keys.get().attentionDim().isEmpty())) {
      return Optional.empty();
    }
    int dim = keys.get().attentionDim().orElseGet(hidden::get);
    int heads = keys.get().queryHeads();
    int kvHeads = keys.get().kvHeads().orElse(heads);
    boolean fits =
        headsFit(dim, heads, rotary.isPresent())
            && (rotary.isEmpty() || partFits(dim / heads, rotary.get()));
    if (heads % kvHeads != 0) {
      values.refuse(
          "model.kv-heads",
          "%d kv heads do not divide %d query heads".formatted(kvHeads, heads),
          "set it to one of " + Divisors.of(heads));
      fits = false;
    }
    return fits ? Optional.of(new AttentionConfig(dim, heads, kvHeads)) : Optional.empty();
  }

  private boolean partFits(int headDim, Positions.Rotary rotary) {
    int rotated = rotary.rotated(headDim);
    if (rotated >= 2 && rotated % 2 == 0) {
      return true;
    }
    values.refuse(
        "model.rope-fraction",
        "it rotates %d of the %d coordinates of a head: rotary embedding rotates pairs"
            .formatted(rotated, headDim),
        "set it to an even number over %d, such as 2 / %d = %s"
            .formatted(headDim, headDim, 2.0 / headDim));
    return false;
  }

  private boolean headsFit(int dim, int heads, boolean rotary) {
    String problem = null;
    if (dim % heads != 0) {
      problem = "%d heads do not divide the attention's width %d".formatted(heads, dim);
    } else if (rotary && dim / heads % 2 != 0) {
      problem =
          "a head would be %d / %d = %d wide, an odd number: rotary embedding rotates pairs"
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

  /** Reads {@code model.ffn}, whose kind decides which other settings are allowed or required. */
  private static final class FfnReader {
    private static final String GROUP = "model.ffn";
    private static final String BLOCKS = "model.ffn.blocks";
    private static final String RANK = "model.ffn.rank";
    private static final String FRACTION = "model.ffn.rank-fraction";

    /** How the matrices are stored, and the settings that this depends on. */
    private enum Kind {
      DENSE,
      LOW_RANK,
      BLOCK_DENSE,
      BLOCK_SHUFFLE;

      private List<String> keys() {
        return switch (this) {
          case DENSE -> List.of();
          case LOW_RANK -> List.of(RANK, FRACTION);
          case BLOCK_DENSE -> List.of(BLOCKS, RANK, FRACTION);
          case BLOCK_SHUFFLE -> List.of(BLOCKS);
        };
      }
    }

    private record FfnKeys(
        @Setting(key = ".model.ffn-dim", least = 1, most = 4 * ModelSettings.LARGEST_WIDTH)
            OptionalInt dim,
        Kind kind,
        @Setting(least = 1) OptionalInt blocks,
        @Setting(least = 1) OptionalInt rank,
        @Setting(above = 0, most = 1) OptionalDouble rankFraction,
        boolean denseFirstLayer,
        Activation activation) {}

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
      Optional<FfnKeys> read = new RecordReader(values).read(GROUP, FfnKeys.class);
      if (read.isEmpty() || !suitsKind(read.get().kind())) {
        return Optional.empty();
      }
      FfnKeys keys = read.get();
      Optional<Integer> dim =
          keys.dim().isPresent() ? Optional.of(keys.dim().getAsInt()) : hidden.map(h -> 4 * h);
      Optional<FfnStructure> structure = structure(keys, dim);
      if (dim.isEmpty() || structure.isEmpty()) {
        return Optional.empty();
      }
      FfnStructure first = keys.denseFirstLayer() ? new FfnStructure.Dense() : structure.get();
      return Optional.of(new FfnConfig(dim.get(), structure.get(), first, keys.activation()));
    }

    /** Refuses settings that the kind does not have, and requires those that it has. */
    private boolean suitsKind(Kind kind) {
      boolean suits = true;
      for (String key : List.of(RANK, FRACTION, BLOCKS)) {
        if (!kind.keys().contains(key) && values.present(key)) {
          values.refuse(
              key,
              "has no effect with model.ffn.kind = " + Values.word(kind),
              "set it to null, as the files of conf/ffn do");
          suits = false;
        }
      }
      if (kind.keys().contains(BLOCKS) && !values.present(BLOCKS)) {
        if (purpose.needsModel()) {
          values.missing(BLOCKS);
        }
        suits = false;
      }
      return suits;
    }

    private Optional<FfnStructure> structure(FfnKeys keys, Optional<Integer> dim) {
      int blocks = keys.blocks().orElse(1);
      return switch (keys.kind()) {
        case DENSE -> Optional.of(new FfnStructure.Dense());
        case LOW_RANK -> rank(keys, dim).map(FfnStructure.LowRank::new);
        case BLOCK_DENSE ->
            rank(keys, dim)
                .filter(rank -> divide(dim, rank, blocks))
                .map(rank -> new FfnStructure.BlockDense(blocks, rank));
        case BLOCK_SHUFFLE ->
            divide(dim, 0, blocks)
                ? Optional.of(new FfnStructure.BlockShuffle(blocks))
                : Optional.empty();
      };
    }

    /** The rank; a fraction is rounded to a multiple of the blocks. */
    private Optional<Integer> rank(FfnKeys keys, Optional<Integer> dim) {
      if (keys.rank().isPresent() && keys.rankFraction().isPresent()) {
        values.refuse(RANK, "both it and " + FRACTION + " are set", "set one of the two to null");
        return Optional.empty();
      }
      if (keys.rank().isPresent()) {
        return Optional.of(keys.rank().getAsInt()).filter(rank -> fits(RANK, rank, dim));
      }
      if (keys.rankFraction().isPresent()) {
        double fraction = keys.rankFraction().getAsDouble();
        int unit = keys.blocks().orElse(1);
        return hidden
            .map(width -> Math.toIntExact(Math.round(fraction * width / unit) * unit))
            .filter(rank -> fits(FRACTION, rank, dim));
      }
      if (purpose.needsModel()) {
        values.missing(FRACTION, RANK);
      }
      return Optional.empty();
    }

    private boolean fits(String key, int rank, Optional<Integer> dim) {
      if (rank < 1) {
        values.refuse(
            key,
            "is a rank below 1 for the width " + hidden.orElseThrow(),
            "the least fraction is 1 / width = %.2g".formatted(1.0 / hidden.orElseThrow()));
        return false;
      }
      if (hidden.isPresent() && dim.isPresent() && rank > Math.min(hidden.get(), dim.get())) {
        values.refuse(
            key,
            "is a rank of %d, above the smaller side of the %d x %d matrices"
                .formatted(rank, hidden.get(), dim.get()),
            "a rank of %d is full; one saves work below %d"
                .formatted(
                    Math.min(hidden.get(), dim.get()),
                    (long) hidden.get() * dim.get() / ((long) hidden.get() + dim.get())));
        return false;
      }
      return true;
    }

    /** Whether the blocks divide the inputs of both matrices, and the rank if there is one. */
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

  /** Numbers that a remedy can suggest where one must divide another. */
  static final class Divisors {
    private Divisors() {}

    /** In ascending order. */
    static List<Integer> of(int number) {
      List<Integer> small = new ArrayList<>();
      List<Integer> large = new ArrayList<>();
      for (int d = 1; (long) d * d <= number; d++) {
        if (number % d == 0) {
          small.add(d);
          if (d != number / d) {
            large.add(0, number / d);
          }
        }
      }
      small.addAll(large);
      return small;
    }
  }
}
