package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.storage.BadInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** The rules to apply, with their lists, in a serializable form for executors. */
public final class Curation implements Serializable {
  private static final long serialVersionUID = 1L;

  private final CurationSettings settings;
  // An Optional cannot be serialized.
  private final UrlList blocked;
  private final WordList bad;

  private Curation(CurationSettings settings, UrlList blocked, WordList bad) {
    this.settings = settings;
    this.blocked = blocked;
    this.bad = bad;
  }

  /**
   * Reads the lists of the rules, and checks the rules.
   *
   * @throws BadInputException if a list cannot be read, or a language is unknown
   */
  public static Curation load(CurationSettings settings, Configuration conf) {
    UrlList blocked = null;
    WordList bad = null;
    for (CurationRule rule : settings.rules()) {
      if (rule instanceof BlockedUrls urls) {
        blocked = UrlList.read(urls.path(), conf);
      } else if (rule instanceof BadWords words) {
        bad = WordList.read(words.path(), conf);
      }
    }
    Curation curation = new Curation(settings, blocked, bad);
    curation.filters();
    return curation;
  }

  /**
   * Everything that decides which documents are kept, by names of settings; for a list, the hash of
   * its content.
   */
  public SortedMap<String, String> described() {
    SortedMap<String, String> described = new TreeMap<>();
    for (CurationRule rule : settings.rules()) {
      if (rule instanceof BlockedUrls) {
        described.put(rule.name() + ".sha256", blocked.sha256());
      } else if (rule instanceof BadWords) {
        described.put(rule.name() + ".sha256", bad.sha256());
      } else {
        described.putAll(rule.described());
      }
    }
    return described;
  }

  boolean keepsDropped() {
    return settings.dropped() == CurationSettings.Dropped.KEEP;
  }

  boolean findsExactDuplicates() {
    return settings.rules().stream().anyMatch(ExactDuplicates.class::isInstance);
  }

  Optional<NearDuplicates> nearDuplicates() {
    return settings.rules().stream()
        .filter(NearDuplicates.class::isInstance)
        .map(NearDuplicates.class::cast)
        .findFirst();
  }

  /** New filters for one task, in the order in which they apply. */
  List<DocumentFilter> filters() {
    List<DocumentFilter> filters = new ArrayList<>();
    for (CurationRule rule : settings.rules()) {
      if (rule instanceof BlockedUrls urls) {
        filters.add(
            document ->
                blocked.blocks(document.url())
                    ? new Verdict(document, urls.name())
                    : Verdict.keep(document));
      } else if (rule instanceof LanguageRule language) {
        filters.add(new LanguageFilter(language));
      } else if (rule instanceof GopherRepetition repetition) {
        filters.add(new GopherRepetitionFilter(repetition));
      } else if (rule instanceof GopherQuality quality) {
        filters.add(new GopherQualityFilter(quality));
      } else if (rule instanceof C4Rules c4) {
        filters.add(new C4Filter(c4));
      } else if (rule instanceof BadWords words) {
        filters.add(
            document ->
                bad.occursIn(document.content())
                    ? new Verdict(document, words.name())
                    : Verdict.keep(document));
      }
    }
    return filters;
  }
}
