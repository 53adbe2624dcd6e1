package dev.larkspur.document;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the data files of WordNet 3.1 and formats each entry like a dictionary. */
final class WordNet {
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";

  /** Parts of speech by file name, in the order of the documents. */
  private static final List<Map.Entry<String, String>> FILES =
      List.of(
          Map.entry("noun", "noun"),
          Map.entry("verb", "verb"),
          Map.entry("adj", "adjective"),
          Map.entry("adv", "adverb"));

  /** Subject fields by number of the lexicographer file; empty if the file has none. */
  private static final String[] FIELDS = {
    "",
    "",
    "",
    "",
    "act",
    "animal",
    "artifact",
    "attribute",
    "body",
    "cognition",
    "communication",
    "event",
    "feeling",
    "food",
    "group",
    "location",
    "motive",
    "object",
    "person",
    "phenomenon",
    "plant",
    "possession",
    "process",
    "quantity",
    "relation",
    "shape",
    "state",
    "substance",
    "time",
    "body",
    "change",
    "cognition",
    "communication",
    "competition",
    "consumption",
    "contact",
    "creation",
    "emotion",
    "motion",
    "perception",
    "possession",
    "social",
    "stative",
    "weather",
    ""
  };

  private WordNet() {}

  /** All entries, in the order of the files. */
  static List<WordNetEntry> entries() {
    List<WordNetEntry> entries = new ArrayList<>();
    for (Map.Entry<String, String> file : FILES) {
      List<Synset> synsets = synsets(file.getKey());
      // A hypernym always has the same part of speech.
      Map<String, Synset> byOffset =
          synsets.stream().collect(Collectors.toMap(Synset::offset, Function.identity()));
      for (Synset synset : synsets) {
        entries.add(
            new WordNetEntry(
                "wordnet:3.1/" + file.getKey() + "/" + synset.offset(),
                file.getKey(),
                text(synset, file.getValue(), byOffset)));
      }
    }
    return entries;
  }

  private static List<Synset> synsets(String file) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                WordNet.class.getResourceAsStream(FOLDER + file), StandardCharsets.UTF_8))) {
      // The licence comes first, on indented lines.
      return lines.lines().filter(line -> !line.startsWith(" ")).map(Synset::parse).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String text(Synset synset, String speech, Map<String, Synset> byOffset) {
    String field = FIELDS[synset.lexicographerFile()];
    int quote = synset.gloss().indexOf("; \"");
    StringBuilder text = new StringBuilder(String.join(", ", synset.words()));
    text.append(" (").append(speech).append(field.isEmpty() ? "" : ", " + field).append("): ");
    text.append(quote < 0 ? synset.gloss() : synset.gloss().substring(0, quote)).append('.');
    if (quote >= 0) {
      text.append(" For example: ").append(synset.gloss().substring(quote + 2)).append('.');
    }
    relation(text, "Kind of", synset.kinds(), byOffset);
    relation(text, "Instance of", synset.classes(), byOffset);
    return text.toString();
  }

  private static void relation(
      StringBuilder text, String name, List<String> offsets, Map<String, Synset> byOffset) {
    if (!offsets.isEmpty()) {
      text.append(' ').append(name).append(": ");
      text.append(
          offsets.stream()
              .map(offset -> byOffset.get(offset).words().get(0))
              .collect(Collectors.joining(", ")));
      text.append('.');
    }
  }

  /**
   * A line of a WordNet data file (format wndb(5WN)).
   *
   * @param offset eight digits that identify it within its file
   * @param lexicographerFile index in the list of subject fields
   * @param words the synonyms
   * @param kinds offsets of its hypernyms
   * @param classes offsets of the synsets that it is an instance of
   * @param gloss definition and quoted examples
   */
  private record Synset(
      String offset,
      int lexicographerFile,
      List<String> words,
      List<String> kinds,
      List<String> classes,
      String gloss) {

    static Synset parse(String line) {
      int bar = line.indexOf('|');
      String[] fields = line.substring(0, bar).split(" ", -1);
      List<String> words = new ArrayList<>();
      int at = 3;
      for (int left = Integer.parseInt(fields[at++], 16); left > 0; left--) {
        words.add(word(fields[at]));
        at += 2;
      }
      List<String> kinds = new ArrayList<>();
      List<String> classes = new ArrayList<>();
      for (int left = Integer.parseInt(fields[at++]); left > 0; left--) {
        if (fields[at].equals("@")) {
          kinds.add(fields[at + 1]);
        } else if (fields[at].equals("@i")) {
          classes.add(fields[at + 1]);
        }
        at += 4;
      }
      return new Synset(
          fields[0],
          Integer.parseInt(fields[1]),
          words,
          kinds,
          classes,
          line.substring(bar + 1).strip());
    }

    /**
     * Decodes a word: underscores stand for spaces; adjectives may end with a syntactic marker such
     * as {@code (p)}.
     */
    private static String word(String field) {
      int marker = field.indexOf('(');
      return (marker < 0 ? field : field.substring(0, marker)).replace('_', ' ');
    }
  }

  /**
   * One entry as a document.
   *
   * @param url such as {@code wordnet:3.1/noun/11753781}
   * @param partOfSpeech name of the WordNet file, such as {@code noun}
   * @param content the text
   */
  record WordNetEntry(String url, String partOfSpeech, String content) {}
}
