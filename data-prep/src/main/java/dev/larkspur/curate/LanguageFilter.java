package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.document.Document;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/** Applies {@link LanguageRule}. Only the beginning of a long document is examined. */
final class LanguageFilter implements DocumentFilter {
  private static final int CHARACTERS = 2000;

  private final LanguageRule rule;
  private final LanguageDetectorME detector = new LanguageDetectorME(Holder.MODEL);

  /**
   * @throws BadInputException naming an unknown language
   */
  LanguageFilter(LanguageRule rule) {
    this.rule = rule;
    List<String> known = Arrays.stream(detector.getSupportedLanguages()).sorted().toList();
    rule.languages().stream()
        .filter(language -> !known.contains(language))
        .findFirst()
        .ifPresent(
            language -> {
              throw new BadInputException(
                  "The language '"
                      + language
                      + "' cannot be detected: set data.curation.language.languages to ISO 639-3 codes"
                      + " out of "
                      + known
                      + ".");
            });
  }

  @Override
  public Verdict judge(Document document) {
    String text = document.content();
    Language found =
        detector.predictLanguage(text.substring(0, Math.min(text.length(), CHARACTERS)));
    if (!rule.languages().contains(found.getLang())) {
      return new Verdict(document, rule.name() + "/other");
    }
    return found.getConfidence() < rule.minConfidence()
        ? new Verdict(document, rule.name() + "/unsure")
        : Verdict.keep(document);
  }

  /** Loads the model, which is large, once per JVM, and only if it is needed. */
  private static final class Holder {
    private static final LanguageDetectorModel MODEL = load();

    private static LanguageDetectorModel load() {
      try (InputStream in = LanguageFilter.class.getResourceAsStream("/langdetect-183.bin")) {
        return new LanguageDetectorModel(in);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }
}
