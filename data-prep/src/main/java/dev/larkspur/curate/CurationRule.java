package dev.larkspur.curate;

import dev.larkspur.storage.BadInputException;
import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A step of curation with its thresholds. Rules are records. */
public sealed interface CurationRule extends Serializable {
  /** Name of its group of settings, and prefix of its reasons. */
  String name();

  /** All thresholds as text, by names of settings, for comparison with later runs. */
  default SortedMap<String, String> described() {
    SortedMap<String, String> described = new TreeMap<>();
    Kebab.describe(this, name(), described);
    described.put(name(), "on");
    return described;
  }

  /** Converts components of rules to names of settings; groups of components have no name. */
  final class Kebab {
    private static final Pattern UPPER = Pattern.compile("(?<=.)([A-Z0-9]+)");

    private Kebab() {}

    private static void describe(Object group, String name, SortedMap<String, String> described) {
      for (RecordComponent component : group.getClass().getRecordComponents()) {
        Object value = value(group, component);
        if (value instanceof Record nested) {
          describe(nested, name, described);
        } else {
          described.put(name + "." + of(component.getName()), String.valueOf(value));
        }
      }
    }

    private static Object value(Object group, RecordComponent component) {
      try {
        return component.getAccessor().invoke(group);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /** Converts a name, such as {@code maxWords} to {@code max-words}. */
    public static String of(String component) {
      return UPPER.matcher(component).replaceAll("-$1").toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Drops documents that contain a listed word (Raffel et al. 2020, section 2.2), ignoring case, as
   * a separate word; in scripts without spaces between words, anywhere, as in the authors' code for
   * Chinese, Japanese and Thai. This project contains no list: C4 used LDNOOBW, which is CC BY 4.0.
   *
   * @param path file of the list, on any Hadoop file system: one word or phrase per line
   */
  public record BadWords(String path) implements CurationRule {
    @Override
    public String name() {
      return "bad-words";
    }
  }

  /**
   * Drops documents of listed sites and addresses, the first step of RefinedWeb (Penedo et al.
   * 2023, section 3.1).
   *
   * @param path file of the list, on any Hadoop file system: each line is a host ({@code
   *     example.org}, with its subdomains) or a host with a path prefix ({@code example.org/ads});
   *     what follows {@code #} is a comment
   */
  public record BlockedUrls(String path) implements CurationRule {
    @Override
    public String name() {
      return "url-blocklist";
    }
  }

  /**
   * The rules of C4 (Raffel et al. 2020, section 2.2, with the details of the authors' code):
   * removes lines that do not end in terminal punctuation, are short, or are boilerplate
   * (JavaScript, cookies, privacy and terms of use); drops pages that contain a curly bracket or
   * "lorem ipsum", or have too few sentences left. The language and repeated spans of three
   * sentences are left to other rules. The list of bad words is {@link BadWords}.
   *
   * @param minWordsInLine fewest words of a line
   * @param maxWordLength longest word of a line, in characters
   * @param minSentences fewest sentences left of a page
   */
  public record C4Rules(int minWordsInLine, int maxWordLength, int minSentences)
      implements CurationRule {
    /** The published thresholds. */
    public static final C4Rules PUBLISHED = new C4Rules(5, 1000, 3);

    @Override
    public String name() {
      return "c4";
    }
  }

  /** Keeps one of the documents with the same text. */
  public record ExactDuplicates() implements CurationRule {
    @Override
    public String name() {
      return "exact-duplicates";
    }
  }

  /**
   * The quality rules of Gopher (Rae et al. 2021, appendix A.1.1, "Quality Filtering"). Words are
   * separated by white space.
   *
   * @param words thresholds of words
   * @param maxSymbolRatio most {@code #}, or most ellipses, for each word
   * @param maxBulletLines highest share of lines that start with a bullet point
   * @param maxEllipsisLines highest share of lines that end with an ellipsis
   */
  public record GopherQuality(
      Words words, double maxSymbolRatio, double maxBulletLines, double maxEllipsisLines)
      implements CurationRule {
    /** The published thresholds. */
    public static final GopherQuality PUBLISHED =
        new GopherQuality(new Words(50, 100_000, 3, 10, 0.8, 2), 0.1, 0.9, 0.3);

    @Override
    public String name() {
      return "gopher-quality";
    }

    /**
     * Thresholds of words.
     *
     * @param minWords fewest words
     * @param maxWords most words
     * @param minMeanWordLength lowest mean length of a word, in characters
     * @param maxMeanWordLength highest mean length of a word, in characters
     * @param minAlphabeticWords lowest share of words with an alphabetic character
     * @param minStopWords fewest different words of: the, be, to, of, and, that, have, with
     */
    public record Words(
        int minWords,
        int maxWords,
        double minMeanWordLength,
        double maxMeanWordLength,
        double minAlphabeticWords,
        int minStopWords)
        implements Serializable {}
  }

  /**
   * The repetition rules of Gopher (Rae et al. 2021, appendix A.1.1, table A1): drops a document if
   * any share is above its threshold.
   *
   * @param maxLines share of lines that equal an earlier line
   * @param maxParagraphs share of paragraphs that equal an earlier one
   * @param maxLineCharacters share of characters in such lines
   * @param maxParagraphCharacters share of characters in such paragraphs
   * @param maxTopNgrams share of characters in the most frequent 2-, 3- and 4-gram of words
   * @param maxDuplicateNgrams share of characters in repeated 5-, 6-, … 10-grams of words
   */
  public record GopherRepetition(
      double maxLines,
      double maxParagraphs,
      double maxLineCharacters,
      double maxParagraphCharacters,
      List<Double> maxTopNgrams,
      List<Double> maxDuplicateNgrams)
      implements CurationRule {
    /** Length of the first n-gram of {@link #maxTopNgrams}, in words. */
    static final int FIRST_TOP = 2;

    /** Length of the first n-gram of {@link #maxDuplicateNgrams}, in words. */
    static final int FIRST_DUPLICATE = 5;

    /** The published thresholds. */
    public static final GopherRepetition PUBLISHED =
        new GopherRepetition(
            0.3,
            0.3,
            0.2,
            0.2,
            List.of(0.2, 0.18, 0.16),
            List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.1));

    /** Checks the lengths of the lists. */
    public GopherRepetition {
      maxTopNgrams = List.copyOf(maxTopNgrams);
      maxDuplicateNgrams = List.copyOf(maxDuplicateNgrams);
      if (maxTopNgrams.size() != 3 || maxDuplicateNgrams.size() != 6) {
        throw new BadInputException(
            "The thresholds of repeated n-grams are 3 (2 to 4 words) and 6 (5 to 10 words), not "
                + maxTopNgrams.size()
                + " and "
                + maxDuplicateNgrams.size()
                + ": give one for each length.");
      }
    }

    @Override
    public String name() {
      return "gopher-repetition";
    }
  }

  /**
   * Keeps documents of some languages, as detected by Apache OpenNLP's detector of 103 languages.
   *
   * @param languages ISO 639-3 codes, such as {@code eng}; at least one
   * @param minConfidence lowest probability that the detector may give the language, 0 … 1
   */
  public record LanguageRule(List<String> languages, double minConfidence) implements CurationRule {
    /** Checks that the list is not empty and the detector knows its codes. */
    public LanguageRule {
      languages = languages.stream().sorted().distinct().toList();
      if (languages.isEmpty() || !(minConfidence >= 0 && minConfidence <= 1)) {
        throw new BadInputException(
            "Languages "
                + languages
                + " with confidence "
                + minConfidence
                + " keep nothing or everything: name at least one language, and a confidence of 0"
                + " to 1.");
      }
    }

    @Override
    public String name() {
      return "language";
    }
  }

  /**
   * Keeps one of the documents that are nearly the same: MinHash (Broder 1997) of word n-grams,
   * with locality-sensitive hashing. Two documents whose sets of n-grams have the Jaccard
   * similarity s meet in a band with probability 1 - (1 - s^rows)^bands, and documents that meet,
   * directly or through others, form a cluster. The defaults are those of FineWeb (Penedo et al.
   * 2024, section 3.4): 56 % of pairs of similarity 0.7 are found, 92 % at 0.8, 98.8 % at 0.85.
   *
   * @param ngram words of an n-gram, at least 1
   * @param bands number of bands, 1 … 255
   * @param rows hash functions of a band, at least 1
   */
  public record NearDuplicates(int ngram, int bands, int rows) implements CurationRule {
    /** 5-grams, 14 bands of 8. */
    public static final NearDuplicates FINE_WEB = new NearDuplicates(5, 14, 8);

    private static final int MOST_BANDS = 255;

    /** Checks that values are in range. */
    public NearDuplicates {
      if (ngram < 1 || bands < 1 || bands > MOST_BANDS || rows < 1) {
        throw new BadInputException(
            "Near duplicates cannot be found with "
                + ngram
                + "-grams, "
                + bands
                + " bands and "
                + rows
                + " rows: set each to at least 1, and at most 255 bands.");
      }
    }

    @Override
    public String name() {
      return "near-duplicates";
    }
  }
}
