package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.storage.BadInputException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;

/**
 * The rules to apply, in the order of RefinedWeb (Penedo et al. 2023, figure 2): addresses,
 * language, repetition, quality, lines, words, duplicates.
 *
 * @param rules at most one of a kind
 * @param dropped whether dropped documents are written
 */
public record CurationSettings(List<CurationRule> rules, Dropped dropped) implements Serializable {
  /** Whether dropped documents are written. */
  public enum Dropped {
    /** They are counted. */
    COUNT,
    /** They are counted, and written with their reason. */
    KEEP
  }

  /** No curation. */
  public static final CurationSettings OFF = new CurationSettings(List.of(), Dropped.COUNT);

  private static final List<Class<? extends CurationRule>> ORDER =
      List.of(
          BlockedUrls.class,
          LanguageRule.class,
          GopherRepetition.class,
          GopherQuality.class,
          C4Rules.class,
          BadWords.class,
          ExactDuplicates.class,
          NearDuplicates.class);

  /** Sorts the rules. */
  public CurationSettings {
    rules =
        rules.stream()
            .sorted(Comparator.comparingInt(rule -> ORDER.indexOf(rule.getClass())))
            .toList();
    if (rules.stream().map(CurationRule::name).distinct().count() < rules.size()) {
      throw new BadInputException("A curation rule is given twice in " + rules + ": give it once.");
    }
  }
}
