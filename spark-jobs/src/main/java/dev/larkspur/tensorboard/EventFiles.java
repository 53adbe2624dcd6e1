package dev.larkspur.tensorboard;

import dev.larkspur.metrics.Scalars;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.tensorboard.Events.Found;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * The event files of a run, {@code tensorboard/events.out.tfevents.ATTEMPT.NUMBER.FIRST}, with the
 * number of the file in its attempt and its first step. Each file is written once, as object stores
 * demand. The order of their names is the order in which they were written, in which TensorBoard
 * reads them, and their steps increase in this order.
 */
final class EventFiles {
  private static final String ROOT = "tensorboard";
  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{6,9})\\.(\\d{6,9})\\.(\\d{12,18})");

  private final RunDirectory run;
  private final int attempt;
  private int written;

  EventFiles(RunDirectory run, int attempt) {
    this.run = run;
    this.attempt = attempt;
  }

  private record EventFile(int attempt, int number, long first) {
    static final Comparator<EventFile> ORDER =
        Comparator.comparingInt(EventFile::attempt).thenComparingInt(EventFile::number);

    String path() {
      return String.format(
          Locale.ROOT, "%s/events.out.tfevents.%06d.%06d.%012d", ROOT, attempt, number, first);
    }

    static Optional<EventFile> parse(FileStatus status) {
      Matcher name = NAME.matcher(status.getPath().getName());
      return name.matches()
          ? Optional.of(
              new EventFile(
                  Integer.parseInt(name.group(1)),
                  Integer.parseInt(name.group(2)),
                  Long.parseLong(name.group(3))))
          : Optional.empty();
    }
  }

  /**
   * Deletes what earlier attempts wrote after a step, and of that step what {@code again} says the
   * new attempt writes again. Marks what remains of the last step as logged.
   *
   * @return the last step in the files; -1 if there are none
   */
  long keepUpTo(long step, Predicate<String> again, Scalars logged) {
    List<EventFile> kept = new ArrayList<>();
    for (EventFile file : files()) {
      if (file.first() > step) {
        run.delete(file.path());
      } else {
        kept.add(file);
      }
    }
    long last = -1;
    for (int i = kept.size() - 1; i >= 0 && (last < 0 || kept.get(i + 1).first() == last); i--) {
      List<Found> events = keep(kept.get(i), step, again);
      last = Math.max(last, events.stream().mapToLong(Found::step).max().orElse(-1));
      for (Found event : events) {
        event.tags().forEach(tag -> logged.logged(tag, event.step()));
      }
    }
    return last;
  }

  private List<EventFile> files() {
    return run.list(ROOT).stream()
        .flatMap(status -> EventFile.parse(status).stream())
        .sorted(EventFile.ORDER)
        .toList();
  }

  /** Removes the other events of a file; returns those with values that remain. */
  private List<Found> keep(EventFile file, long step, Predicate<String> again) {
    byte[] before = run.read(file.path());
    List<byte[]> kept = new ArrayList<>();
    List<Found> values = new ArrayList<>();
    for (byte[] record : RecordFile.read(before)) {
      Found event = Found.of(record);
      boolean superseded =
          event.step() > step || (event.step() == step && event.tags().stream().anyMatch(again));
      if (!superseded) {
        kept.add(record);
      }
      if (!superseded && !event.tags().isEmpty()) {
        values.add(event);
      }
    }
    if (values.isEmpty()) {
      run.delete(file.path());
    } else {
      byte[] now = RecordFile.write(kept);
      // A shorter one may also have lost the end that an interrupted writer left.
      if (now.length != before.length) {
        run.write(file.path(), now);
      }
    }
    return values;
  }

  /** Writes the next file. */
  void write(long first, List<byte[]> events) {
    List<byte[]> records = new ArrayList<>();
    records.add(Events.fileVersion(Instant.now()));
    records.addAll(events);
    run.write(new EventFile(attempt, written + 1, first).path(), RecordFile.write(records));
    written++;
  }
}
