package dev.larkspur.document;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a WordNet data file (its manual calls the form wndb(5WN)).
 *
 * @param offset eight digits that name it within its file
 * @param lexicographerFile index in the list of subject fields
 * @param words the synonyms
 * @param kinds offsets of what it is a kind of
 * @param classes offsets of what it is an instance of
 * @param gloss definition and quoted examples
 */
record Synset(
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

  /** Underscores stand for spaces; adjectives may carry their place, such as {@code (p)}. */
  private static String word(String field) {
    int marker = field.indexOf('(');
    return (marker < 0 ? field : field.substring(0, marker)).replace('_', ' ');
  }
}
