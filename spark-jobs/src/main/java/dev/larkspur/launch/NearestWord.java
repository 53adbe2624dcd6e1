package dev.larkspur.launch;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The option, command or name that a mistyped one was meant to be. picocli itself finds options
 * only by their first two letters, and suggests commands that are not similar.
 */
public final class NearestWord {
  private static final int MOST_SLIPS = 3;

  private NearestWord() {}

  static Optional<String> of(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return Optional.empty();
    }
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    String wrong = unmatched.getUnmatched().get(0).split("=", 2)[0];
    return unmatched.isUnknownOption()
        ? nearest(wrong, command.optionsMap().keySet().stream().filter(o -> o.startsWith("--")))
        : nearest(wrong, command.subcommands().keySet().stream())
            .map(name -> command.qualifiedName() + " " + name);
  }

  /**
   * The name that another one was meant to be, ignoring case. Names are short, so only one typo is
   * allowed.
   */
  public static Optional<String> of(String wrong, List<String> names) {
    return nearest(wrong, names.stream(), 1);
  }

  private static Optional<String> nearest(String wrong, Stream<String> words) {
    return nearest(wrong, words, MOST_SLIPS);
  }

  private static Optional<String> nearest(String wrong, Stream<String> words, int mostSlips) {
    return words
        .filter(word -> distance(wrong, word) <= mostSlips)
        .min(Comparator.comparingInt(word -> distance(wrong, word)));
  }

  private static int distance(String wrong, String word) {
    // Words of very different lengths are not compared: the cost is the product of both lengths.
    return Math.abs(wrong.length() - word.length()) > MOST_SLIPS
        ? Integer.MAX_VALUE
        : LevenshteinDistance.getDefaultInstance()
            .apply(wrong.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
  }
}
