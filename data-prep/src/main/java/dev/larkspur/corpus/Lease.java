package dev.larkspur.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.document.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;

/**
 * The right to add to a corpus, held by one run at a time: a numbered file in its directory that is
 * renewed while the run lasts. Who finds one watches it. If it is renewed, its holder is alive, and
 * the newcomer is refused; if not, the holder has died, and the newcomer takes the next number,
 * which only one can create. No clock of one machine is compared with that of another.
 */
final class Lease implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("prepare-(\\d{6,9})\\.lease");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MISSED_BEATS = 6;

  /** How time passes. */
  @FunctionalInterface
  interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final CorpusDirectory directory;
  private final int number;
  private final ScheduledExecutorService beats;
  private final ScheduledFuture<?> renewals;
  private LeaseHolder holder;
  private boolean ended;

  private Lease(
      CorpusDirectory directory, int number, LeaseHolder holder, Duration beat, Runnable onLoss) {
    this.directory = directory;
    this.number = number;
    this.holder = holder;
    this.beats =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "lease of " + directory);
              thread.setDaemon(true);
              return thread;
            });
    this.renewals =
        beats.scheduleWithFixedDelay(
            () -> renew(onLoss), beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether a file name is that of a lease. */
  static boolean isLease(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Takes the lease, and renews it until it is closed.
   *
   * @param beat time between two renewals
   * @param onLoss run if another process has taken the lease over, as it may when this one was
   *     suspended for long
   * @throws TryAgainException if another run holds it
   */
  static Lease take(CorpusDirectory directory, Duration beat, Pause pause, Runnable onLoss)
      throws IOException, InterruptedException {
    OptionalInt found = highest(directory);
    if (found.isPresent()) {
      requireDead(directory, found.getAsInt(), beat, pause);
    }
    LeaseHolder holder = LeaseHolder.thisProcess();
    int number = found.orElse(0) + 1;
    try {
      directory.createNew(name(number), json(holder));
    } catch (FileAlreadyExistsException other) {
      throw busy(directory, "has just begun", other);
    }
    Lease lease = new Lease(directory, number, holder, beat, onLoss);
    if (found.isPresent()) {
      directory.delete(name(found.getAsInt()));
    }
    return lease;
  }

  private static void requireDead(CorpusDirectory directory, int number, Duration beat, Pause pause)
      throws IOException, InterruptedException {
    String first = content(directory, number);
    if (holder(first).filter(LeaseHolder::isKnownToBeGone).isPresent()) {
      return;
    }
    for (int missed = 0; missed < MISSED_BEATS; missed++) {
      pause.sleep(beat);
      if (!content(directory, number).equals(first)) {
        throw busy(
            directory,
            holder(first)
                .map(
                    alive ->
                        "(process " + alive.process() + " on " + alive.machine() + ") is at work")
                .orElse("is at work"),
            null);
      }
    }
  }

  private static TryAgainException busy(CorpusDirectory directory, String what, Exception cause) {
    return new TryAgainException(
        "Another run of prepare on "
            + directory
            + " "
            + what
            + ": wait until it has ended, and prepare again.",
        cause);
  }

  /** The content of a lease; empty if it was given back. */
  private static String content(CorpusDirectory directory, int number) throws IOException {
    try {
      return new String(directory.read(name(number)), StandardCharsets.UTF_8);
    } catch (FileNotFoundException givenBack) {
      return "";
    }
  }

  private static Optional<LeaseHolder> holder(String json) {
    try {
      return Optional.of(JSON.readValue(json, LeaseHolder.class));
    } catch (JsonProcessingException beingWritten) {
      return Optional.empty();
    }
  }

  private static OptionalInt highest(CorpusDirectory directory) throws IOException {
    return highest(directory.list().keySet());
  }

  private static OptionalInt highest(Collection<String> names) {
    return names.stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .mapToInt(name -> Integer.parseInt(name.group(1)))
        .max();
  }

  /**
   * Makes sure that no other run has taken over.
   *
   * @throws TryAgainException if one has
   */
  synchronized void requireHeld() throws IOException {
    if (!isHeld()) {
      throw busy(directory, "has taken over from this one, which stood still for too long", null);
    }
  }

  private boolean isHeld() throws IOException {
    // Half a renewal can be read only by others: this process writes them one at a time.
    return highest(directory).equals(OptionalInt.of(number))
        && holder(content(directory, number))
            .filter(written -> written.id().equals(holder.id()))
            .isPresent();
  }

  synchronized void renew(Runnable onLoss) {
    if (ended) {
      return;
    }
    try {
      if (isHeld()) {
        holder = holder.nextBeat();
        directory.replace(name(number), json(holder));
      } else {
        ended = true;
        onLoss.run();
      }
    } catch (IOException failure) {
      // The next beat tries again. If storage stays away, the run itself fails on it, or finds
      // before it ends that another has taken over.
      System.getLogger(Lease.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "Cannot renew {0}: {1}",
              directory.path(name(number)),
              TaskFailures.rootMessage(failure));
    }
  }

  private static String name(int number) {
    return "prepare-" + PaddedNumber.of(number, 6) + ".lease";
  }

  private static byte[] json(LeaseHolder holder) {
    try {
      return JSON.writeValueAsBytes(holder);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Gives the lease back. */
  @Override
  public void close() throws IOException {
    renewals.cancel(false);
    beats.shutdown();
    synchronized (this) {
      ended = true;
      if (isHeld()) {
        directory.delete(name(number));
      }
    }
  }
}
