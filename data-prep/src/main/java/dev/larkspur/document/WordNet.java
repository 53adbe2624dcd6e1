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

/** Reads the data files of WordNet 3.1 and writes each entry the way a dictionary does. */
final class WordNet {
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";

  /** File name to what a dictionary calls the part of speech; in the order of the documents. */
  private static final List<Map.Entry<String, String>> FILES =
      List.of(
          Map.entry("noun", "noun"),
          Map.entry("verb", "verb"),
          Map.entry("adj", "adjective"),
          Map.entry("adv", "adverb"));

  /** Subject fields by number of the lexicographer file; empty where it is no field. */
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
      // Kinds are always of the same part of speech.
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
      // The licence stands first, on lines that are indented.
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
}
