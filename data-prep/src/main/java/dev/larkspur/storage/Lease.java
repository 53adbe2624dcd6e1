package dev.larkspur.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The right to do some work in a directory, held by one process at a time: a numbered file that is
 * renewed while the work lasts. Who finds one watches it. If it is renewed, its holder is alive,
 * and the newcomer is refused; if not, the holder has died, and the newcomer takes the next number,
 * which only one can create. No clock of one machine is compared with that of another.
 */
public final class Lease implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[a-z]+-\\d{6,9}\\.lease");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MISSED_BEATS = 6;

  /** Ids of the leases that this process holds. */
  private static final Set<String> LIVING = ConcurrentHashMap.newKeySet();

  /** How time passes. */
  @FunctionalInterface
  public interface Pause {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final LeaseFolder folder;
  private final int number;
  private final ScheduledExecutorService beats;
  private final ScheduledFuture<?> renewals;
  private LeaseHolder holder;
  private boolean ended;

  private Lease(
      LeaseFolder folder, int number, LeaseHolder holder, Duration beat, Runnable onLoss) {
    this.folder = folder;
    this.number = number;
    this.holder = holder;
    this.beats =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "lease of " + folder);
              thread.setDaemon(true);
              return thread;
            });
    this.renewals =
        beats.scheduleWithFixedDelay(
            () -> renew(onLoss), beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether a file name is that of a lease for some work. */
  public static boolean isLease(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Takes the lease, and renews it until it is closed.
   *
   * @param files file system of the directory
   * @param directory need not exist yet
   * @param beat time between two renewals
   * @param onLoss run if another process has taken the lease over, as it may when this one was
   *     suspended for long
   * @throws TryAgainException if another process holds it
   */
  public static Lease take(
      FileSystem files,
      Path directory,
      LeasePurpose work,
      Duration beat,
      Pause pause,
      Runnable onLoss)
      throws IOException, InterruptedException {
    LeaseFolder folder = new LeaseFolder(files, directory, work);
    OptionalInt found = folder.highest();
    if (found.isPresent()) {
      requireDead(folder, found.getAsInt(), beat, pause);
    }
    LeaseHolder holder = LeaseHolder.thisProcess();
    int number = found.orElse(0) + 1;
    LIVING.add(holder.id());
    try {
      folder.createNew(number, json(holder));
    } catch (FileAlreadyExistsException other) {
      LIVING.remove(holder.id());
      throw folder.busy("has just begun", other);
    } catch (IOException | RuntimeException failure) {
      LIVING.remove(holder.id());
      throw failure;
    }
    Lease lease = new Lease(folder, number, holder, beat, onLoss);
    if (found.isPresent()) {
      folder.delete(found.getAsInt());
    }
    return lease;
  }

  private static void requireDead(LeaseFolder folder, int number, Duration beat, Pause pause)
      throws IOException, InterruptedException {
    String first = folder.read(number);
    if (holder(first).filter(Lease::isKnownToBeGone).isPresent()) {
      return;
    }
    for (int missed = 0; missed < MISSED_BEATS; missed++) {
      pause.sleep(beat);
      if (!folder.read(number).equals(first)) {
        throw folder.busy(
            holder(first)
                .map(
                    alive ->
                        "(process " + alive.process() + " on " + alive.machine() + ") is at work")
                .orElse("is at work"),
            null);
      }
    }
  }

  /** This process knows its own: one that could not be deleted when it was given back is gone. */
  private static boolean isKnownToBeGone(LeaseHolder holder) {
    return holder.isKnownToBeGone() || (holder.isThisProcess() && !LIVING.contains(holder.id()));
  }

  private static Optional<LeaseHolder> holder(String json) {
    try {
      return Optional.of(JSON.readValue(json, LeaseHolder.class));
    } catch (JsonProcessingException beingWritten) {
      return Optional.empty();
    }
  }

  /**
   * Makes sure that no other process has taken over.
   *
   * @throws TryAgainException if one has
   */
  public synchronized void requireHeld() throws IOException {
    if (!isHeld()) {
      throw folder.busy("has taken over from this one, which stood still for too long", null);
    }
  }

  private boolean isHeld() throws IOException {
    // Half a renewal can be read only by others: this process writes them one at a time.
    return folder.highest().equals(OptionalInt.of(number))
        && holder(folder.read(number))
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
        folder.replace(number, json(holder));
      } else {
        ended = true;
        onLoss.run();
      }
    } catch (IOException | RuntimeException failure) {
      // The next beat tries again. If storage stays away, the run itself fails on it, or finds
      // before it ends that another has taken over.
      System.getLogger(Lease.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "Cannot renew {0}: {1}",
              folder.path(number),
              TaskFailures.rootMessage(failure));
    }
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
      try {
        if (isHeld()) {
          folder.delete(number);
        }
      } finally {
        LIVING.remove(holder.id());
      }
    }
  }

  /**
   * What one process at a time may do in a directory.
   *
   * @param name one word of lower-case letters, the beginning of the lease's file name
   * @param words of it in messages, such as "run of prepare on"
   */
  public record LeasePurpose(String name, String words) {}
}
