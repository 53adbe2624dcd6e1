package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import java.util.OptionalInt;

/**
 * The model's shape, consistent in itself. The corpus decides what is not set.
 *
 * @param hiddenDim width of the residual stream
 * @param layers decoder layers
 * @param attention shape of the attention
 * @param ffn shape of the feed-forward networks
 * @param variant norm, positions, biases and head
 * @param input what a sequence is
 * @param initStd standard deviation of the initial weights
 */
public record ModelSettings(
    @Setting(least = 1, most = ModelSettings.LARGEST_WIDTH) int hiddenDim,
    @Setting(least = 1, most = 10_000) int layers,
    @Setting(inline = true) AttentionConfig attention,
    FfnConfig ffn,
    @Setting(inline = true) DecoderVariant variant,
    @Setting(inline = true) Input input,
    @Setting(above = 0) double initStd) {

  /** Keeps products of widths and layers within 64 bits. */
  static final int LARGEST_WIDTH = 1 << 20;

  /**
   * What a sequence is.
   *
   * @param context tokens of one sequence; empty: the corpus's
   * @param vocabulary entries of the embedding; empty: the corpus's
   */
  public record Input(
      @Setting(least = 1, most = DataSettings.LARGEST_CONTEXT) OptionalInt context,
      @Setting(least = 1) OptionalInt vocabulary) {}

  /** Tokens of one sequence; empty: the corpus's. */
  public OptionalInt context() {
    return input.context();
  }

  /** Entries of the embedding; empty: the corpus's. */
  public OptionalInt vocabulary() {
    return input.vocabulary();
  }

  /**
   * The model for a corpus; {@link Settings#misfits} checks whether it fits.
   *
   * @param corpusContext tokens of one sequence, used if the model does not set it
   * @param corpusVocabulary entries of the embedding, used if the model does not set them
   */
  public ModelConfig toConfig(int corpusContext, int corpusVocabulary) {
    Dimensions dimensions =
        new Dimensions(
            vocabulary().orElse(corpusVocabulary),
            context().orElse(corpusContext),
            hiddenDim,
            layers);
    return new ModelConfig(dimensions, attention, ffn, variant, initStd);
  }
}
