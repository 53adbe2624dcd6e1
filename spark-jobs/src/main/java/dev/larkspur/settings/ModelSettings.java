package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;

import java.util.OptionalInt;

/**
 * The model's shape, checked in itself; the corpus fills in what is left open.
 *
 * @param hiddenDim width of the residual stream
 * @param layers decoder layers
 * @param attention shape of the attention
 * @param ffn shape of the feed-forward networks
 * @param variant norm, positions, biases and head
 * @param context tokens of one sequence; empty: the corpus's
 * @param vocabulary entries of the embedding; empty: the corpus's
 * @param initStd standard deviation of the initial weights
 */
public record ModelSettings(
    int hiddenDim,
    int layers,
    AttentionConfig attention,
    FfnConfig ffn,
    DecoderVariant variant,
    OptionalInt context,
    OptionalInt vocabulary,
    double initStd) {

  /**
   * The model for a corpus; {@link Settings#misfits} tells whether it fits.
   *
   * @param corpusContext tokens of one sequence, where the model has none of its own
   * @param corpusVocabulary entries of the embedding, where the model has none of its own
   */
  public ModelConfig toConfig(int corpusContext, int corpusVocabulary) {
    return new ModelConfig(
        vocabulary.orElse(corpusVocabulary),
        context.orElse(corpusContext),
        hiddenDim,
        layers,
        attention,
        ffn,
        variant,
        initStd);
  }
}
