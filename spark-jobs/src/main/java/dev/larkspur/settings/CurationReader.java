package dev.larkspur.settings;

import dev.larkspur.curate.CurationRule;
import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.CurationSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads {@code data.curation}; every key is read, also of rules that are off. */
final class CurationReader {
  private static final String GROUP = "data.curation.";
  private static final int MOST_BANDS = 255;

  private final Values values;
  private final List<CurationRule> rules = new ArrayList<>();

  CurationReader(Values values) {
    this.values = values;
  }

  CurationSettings read() {
    values.text(GROUP + "url-blocklist").map(BlockedUrls::new).ifPresent(rules::add);
    language();
    gopherRepetition(GROUP + "gopher-repetition.");
    gopherQuality(GROUP + "gopher-quality.");
    c4(GROUP + "c4.");
    values.text(GROUP + "bad-words").map(BadWords::new).ifPresent(rules::add);
    if (on(GROUP + "exact-duplicates")) {
      rules.add(new ExactDuplicates());
    }
    nearDuplicates(GROUP + "near-duplicates.");
    return new CurationSettings(
        rules,
        on(GROUP + "keep-dropped")
            ? CurationSettings.Dropped.KEEP
            : CurationSettings.Dropped.COUNT);
  }

  private void language() {
    double confidence = share(GROUP + "language.min-confidence");
    values
        .texts(GROUP + "language.languages")
        .ifPresent(languages -> rules.add(new LanguageRule(languages, confidence)));
  }

  private void gopherRepetition(String group) {
    GopherRepetition read =
        new GopherRepetition(
            share(group + "max-lines"),
            share(group + "max-paragraphs"),
            share(group + "max-line-characters"),
            share(group + "max-paragraph-characters"),
            shares(group + "max-top-ngrams", GopherRepetition.PUBLISHED.maxTopNgrams().size()),
            shares(
                group + "max-duplicate-ngrams",
                GopherRepetition.PUBLISHED.maxDuplicateNgrams().size()));
    addIf(group, read);
  }

  private void gopherQuality(String group) {
    GopherQuality read =
        new GopherQuality(
            values.integer(group + "min-words", 0).orElse(0),
            values.integer(group + "max-words", 1).orElse(1),
            number(group + "min-mean-word-length"),
            number(group + "max-mean-word-length"),
            number(group + "max-symbol-ratio"),
            share(group + "max-bullet-lines"),
            share(group + "max-ellipsis-lines"),
            share(group + "min-alphabetic-words"),
            values.integer(group + "min-stop-words", 0).orElse(0));
    addIf(group, read);
  }

  private void c4(String group) {
    C4Rules read =
        new C4Rules(
            values.integer(group + "min-words-in-line", 0).orElse(0),
            values.integer(group + "max-word-length", 1).orElse(1),
            values.integer(group + "min-sentences", 0).orElse(0));
    addIf(group, read);
  }

  private void nearDuplicates(String group) {
    NearDuplicates read =
        new NearDuplicates(
            values.integer(group + "ngram", 1).orElse(1),
            values.integer(group + "bands", 1, MOST_BANDS).orElse(1),
            values.integer(group + "rows", 1).orElse(1));
    addIf(group, read);
  }

  private void addIf(String group, CurationRule rule) {
    if (on(group + "enabled")) {
      rules.add(rule);
    }
  }

  private boolean on(String key) {
    return values.flag(key).orElse(false);
  }

  private double share(String key) {
    return values.number(key, Bounds.SHARE).orElse(0.0);
  }

  private double number(String key) {
    return values.number(key, Bounds.NOT_NEGATIVE).orElse(0.0);
  }

  private List<Double> shares(String key, int count) {
    return values.numbers(key, count, Bounds.SHARE).orElse(Collections.nCopies(count, 0.0));
  }
}
