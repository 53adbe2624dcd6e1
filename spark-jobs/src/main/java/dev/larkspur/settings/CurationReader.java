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
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code data.curation}; every key is read, also of rules that are off. */
final class CurationReader {
  private static final String GROUP = "data.curation.";

  /** Thresholds that are neither a fraction nor a number from 0 on, by their components. */
  private static final Map<String, Range> RANGES =
      Map.of(
          "maxWords", Range.from(1),
          "minMeanWordLength", Range.from(0),
          "maxMeanWordLength", Range.from(0),
          "maxSymbolRatio", Range.from(0),
          "maxWordLength", Range.from(1),
          "ngram", Range.from(1),
          "bands", Range.from(1).to(255),
          "rows", Range.from(1));

  private final Values values;
  private final RecordReader records;
  private final List<CurationRule> rules = new ArrayList<>();

  CurationReader(Values values) {
    this.values = values;
    this.records = new RecordReader(values);
  }

  CurationSettings read() {
    values.text(GROUP + "url-blocklist").map(BlockedUrls::new).ifPresent(rules::add);
    language();
    thresholds("gopher-repetition", GopherRepetition.class);
    thresholds("gopher-quality", GopherQuality.class);
    thresholds("c4", C4Rules.class);
    values.text(GROUP + "bad-words").map(BadWords::new).ifPresent(rules::add);
    if (on("exact-duplicates")) {
      rules.add(new ExactDuplicates());
    }
    thresholds("near-duplicates", NearDuplicates.class);
    return new CurationSettings(
        rules, on("keep-dropped") ? CurationSettings.Dropped.KEEP : CurationSettings.Dropped.COUNT);
  }

  private void language() {
    Optional<Double> confidence = values.number(GROUP + "language.min-confidence", Range.FRACTION);
    Optional<List<String>> languages = values.texts(GROUP + "language.languages");
    languages.ifPresent(
        codes -> confidence.ifPresent(least -> rules.add(new LanguageRule(codes, least))));
  }

  private <R extends Record & CurationRule> void thresholds(String name, Class<R> type) {
    Optional<R> rule = records.read(GROUP + name, type, ranges(type));
    if (on(name + ".enabled")) {
      rule.ifPresent(rules::add);
    }
  }

  private static Map<String, Range> ranges(Class<?> type) {
    Map<String, Range> ranges = new HashMap<>(RANGES);
    for (RecordComponent threshold : type.getRecordComponents()) {
      boolean counts = threshold.getType() == int.class;
      ranges.putIfAbsent(threshold.getName(), counts ? Range.from(0) : Range.FRACTION);
    }
    return ranges;
  }

  private boolean on(String key) {
    return values.flag(GROUP + key).orElse(false);
  }
}
