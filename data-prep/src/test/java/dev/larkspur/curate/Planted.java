package dev.larkspur.curate;

import dev.larkspur.document.SampleDocuments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Real documents, each of ten entries of WordNet, and near copies of known similarity. */
final class Planted {
  private static final int ENTRIES = 10;

  private Planted() {}

  static List<String> documents(int count) {
    List<String> entries = SampleDocuments.texts(ENTRIES * count);
    return IntStream.range(0, count)
        .mapToObj(i -> String.join("\n", entries.subList(ENTRIES * i, ENTRIES * (i + 1))))
        .toList();
  }

  /** A copy with other words in places, as many as leave the similarity at or above a limit. */
  static String copy(String text, double similarity, Random random) {
    Set<List<String>> grams = grams(text);
    String copy = text;
    while (true) {
      String[] words = copy.split(" ", -1);
      words[random.nextInt(words.length)] = "changed" + random.nextInt(1000);
      String next = String.join(" ", words);
      if (jaccard(grams, grams(next)) < similarity) {
        return copy;
      }
      copy = next;
    }
  }

  /** Jaccard similarity of the sets of 5-grams of words, from the strings themselves. */
  static double jaccard(String one, String other) {
    return jaccard(grams(one), grams(other));
  }

  private static double jaccard(Set<List<String>> one, Set<List<String>> other) {
    long common = one.stream().filter(other::contains).count();
    return (double) common / (one.size() + other.size() - common);
  }

  private static Set<List<String>> grams(String text) {
    List<String> words =
        new ArrayList<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)));
    words.removeIf(String::isEmpty);
    Set<List<String>> grams = new HashSet<>();
    for (int i = 0; i + 5 <= words.size(); i++) {
      grams.add(List.copyOf(words.subList(i, i + 5)));
    }
    return grams;
  }
}
