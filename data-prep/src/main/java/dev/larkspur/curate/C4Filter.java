package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.DocumentFilter.Verdict;
import dev.larkspur.document.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Applies {@link C4Rules}. */
final class C4Filter implements DocumentFilter {
  private static final Pattern CITATION =
      Pattern.compile("\\[\\d*\\]|\\[edit\\]|\\[citation needed\\]");
  private static final Pattern TERMINAL = Pattern.compile(".*[.?!\"”]", Pattern.DOTALL);
  private static final Pattern SENTENCE_END = Pattern.compile("[.?!]+[\"”’)\\]]*(?=\\s|$)");
  private static final List<String> APPARATUS =
      List.of(
          "javascript",
          "terms of use",
          "privacy policy",
          "cookie policy",
          "uses cookies",
          "use of cookies",
          "use cookies");

  private final C4Rules rule;

  C4Filter(C4Rules rule) {
    this.rule = rule;
  }

  @Override
  public Verdict judge(Document document) {
    String page = document.content();
    if (page.indexOf('{') >= 0) {
      return new Verdict(document, rule.name() + "/curly-bracket");
    }
    if (page.toLowerCase(Locale.ROOT).contains("lorem ipsum")) {
      return new Verdict(document, rule.name() + "/lorem-ipsum");
    }
    List<String> kept = new ArrayList<>();
    for (String line : TextSegments.lines(page)) {
      String clean = CITATION.matcher(line).replaceAll("").strip();
      if (keep(clean)) {
        kept.add(clean);
      }
    }
    String rest = String.join("\n", kept);
    return SENTENCE_END.matcher(rest).results().count() < rule.minSentences()
        ? new Verdict(document, rule.name() + "/sentences")
        : Verdict.keep(document.withContent(rest));
  }

  private boolean keep(String line) {
    if (!TERMINAL.matcher(line).matches() || line.endsWith("...")) {
      return false;
    }
    List<String> words = TextSegments.words(line);
    String lower = line.toLowerCase(Locale.ROOT);
    return words.size() >= rule.minWordsInLine()
        && words.stream().allMatch(word -> TextSegments.length(word) <= rule.maxWordLength())
        && APPARATUS.stream().noneMatch(lower::contains);
  }
}
