package dev.larkspur.cli;

import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The option that a mistyped one was meant to be. picocli itself only finds those that begin with
 * the same two letters; for commands its own suggestion serves.
 */
final class NearestOption {
  private static final int MOST_SLIPS = 3;

  private NearestOption() {}

  static Optional<String> of(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || !unmatched.isUnknownOption()) {
      return Optional.empty();
    }
    String wrong = unmatched.getUnmatched().get(0).split("=", 2)[0];
    return failure.getCommandLine().getCommandSpec().optionsMap().keySet().stream()
        .filter(option -> option.startsWith("--") && distance(wrong, option) <= MOST_SLIPS)
        .min(Comparator.comparingInt(option -> distance(wrong, option)));
  }

  private static int distance(String wrong, String option) {
    return LevenshteinDistance.getDefaultInstance().apply(wrong, option);
  }
}
