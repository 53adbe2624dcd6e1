package dev.larkspur.curate;

import java.util.List;

/**
 * Keeps documents of some languages, as told by Apache OpenNLP's detector of 103 languages.
 *
 * @param languages ISO 639-3 codes, such as {@code eng}; at least one
 * @param minConfidence lowest probability that the detector may give the language, 0 … 1
 */
public record LanguageRule(List<String> languages, double minConfidence) implements CurationRule {
  /** Refuses an empty list and codes that the detector does not know. */
  public LanguageRule {
    languages = languages.stream().sorted().distinct().toList();
    if (languages.isEmpty() || !(minConfidence >= 0 && minConfidence <= 1)) {
      throw new CurateException(
          "Languages "
              + languages
              + " with confidence "
              + minConfidence
              + " keep nothing or everything: name at least one language, and a confidence of 0 to"
              + " 1.");
    }
  }

  @Override
  public String name() {
    return "language";
  }
}
