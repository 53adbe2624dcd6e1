package dev.larkspur.settings;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The model's shape, checked in itself; the corpus fills in what is left open.
 *
 * @param hiddenDim width of the residual stream
 * @param layers decoder layers
 * @param attention shape of the attention
 * @param ffn shape of the feed-forward networks
 * @param context tokens of one sequence; empty: the corpus's
 * @param vocabulary entries of the embedding; empty: the corpus's
 * @param ropeBase base of the rotary embedding's frequencies
 * @param normEpsilon added to the variance by LayerNorm
 * @param initStd standard deviation of the initial weights
 */
public record ModelSettings(
    int hiddenDim,
    int layers,
    AttentionConfig attention,
    FfnConfig ffn,
    OptionalInt context,
    OptionalInt vocabulary,
    double ropeBase,
    double normEpsilon,
    double initStd) {

  /**
   * The model for a corpus.
   *
   * @param corpusContext tokens that the model sees of one block
   * @param corpusVocabulary token ids of the corpus are in [0, corpusVocabulary)
   * @throws SettingsException if the model was set to another context, or to a smaller vocabulary
   */
  public ModelConfig toConfig(int corpusContext, int corpusVocabulary) {
    List<SettingsProblem> problems = new ArrayList<>();
    if (context.orElse(corpusContext) != corpusContext) {
      problems.add(
          new SettingsProblem(
              "",
              "model.context",
              String.valueOf(context.getAsInt()),
              "the corpus has blocks of %d tokens".formatted(corpusContext),
              "leave model.context out (null), or prepare the corpus with data.context = "
                  + context.getAsInt()));
    }
    if (vocabulary.orElse(corpusVocabulary) < corpusVocabulary) {
      problems.add(
          new SettingsProblem(
              "",
              "model.vocabulary",
              String.valueOf(vocabulary.getAsInt()),
              "the corpus's tokenizer has %d entries".formatted(corpusVocabulary),
              "leave model.vocabulary out (null), or set it to at least " + corpusVocabulary));
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return new ModelConfig(
        vocabulary.orElse(corpusVocabulary),
        corpusContext,
        hiddenDim,
        layers,
        attention,
        ffn,
        ropeBase,
        normEpsilon,
        initStd);
  }
}
