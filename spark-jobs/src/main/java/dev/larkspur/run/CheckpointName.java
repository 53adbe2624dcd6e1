package dev.larkspur.run;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a checkpoint of a run. The newest is the last one of the latest attempt. An attempt
 * resumes from the newest checkpoint, so anything that an earlier attempt writes afterwards, for
 * example because its driver was suspended, is obsolete.
 *
 * @param attempt number of the training attempt that wrote it, from 1
 * @param step updates done
 */
public record CheckpointName(int attempt, long step)
    implements Comparable<CheckpointName>, Serializable {
  static final String ROOT = "checkpoints";
  private static final Pattern DIRECTORY = Pattern.compile("step-(\\d{8,18})-attempt-(\\d{1,9})");
  private static final Comparator<CheckpointName> ORDER =
      Comparator.comparingInt(CheckpointName::attempt).thenComparingLong(CheckpointName::step);

  /** Parses the name of a directory below {@code checkpoints/}; empty for any other name. */
  public static Optional<CheckpointName> parse(String directory) {
    Matcher matcher = DIRECTORY.matcher(directory);
    return matcher.matches()
        ? Optional.of(
            new CheckpointName(
                Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }

  /** Its directory, relative to the run's. */
  public String directory() {
    return String.format(Locale.ROOT, "%s/step-%08d-attempt-%d", ROOT, step, attempt);
  }

  String file(String name) {
    return directory() + "/" + name;
  }

  @Override
  public int compareTo(CheckpointName other) {
    return ORDER.compare(this, other);
  }
}
