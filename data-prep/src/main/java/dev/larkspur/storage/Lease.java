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
 * The right to do some work in a directory, held by one process at a time: a numbered file that its
 * holder renews while the work lasts. A process that finds a lease watches it. If the lease is
 * renewed, its holder is alive, and the process is refused; if not, the holder has died, and the
 * process takes the next number, which only one process can create. Clocks of different machines
 * are never compared.
 */
public final class Lease implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[a-z]+-\\d{6,9}\\.lease");
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MISSED_BEATS = 6;

  /** Ids of the leases that this process holds. */
  private static final Set<String> LIVING = ConcurrentHashMap.newKeySet();

  /** Waits; tests replace it. */
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
      LeaseFolder folder, int number, LeaseHolder holder, Duration interval, Runnable onLoss) {
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
            () -> renew(onLoss), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether a file name is that of a lease for some work. */
  public static boolean isLease(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * How long a lease lives without being renewed.
   *
   * @param interval time between renewals
   */
  static Duration lifetime(Duration interval) {
    return interval.multipliedBy(MISSED_BEATS);
  }

  /**
   * Takes the lease, and renews it until it is closed.
   *
   * @param files file system of the directory
   * @param directory need not exist yet
   * @param interval time between renewals
   * @param onLoss run if another process has taken over the lease, for example after this process
   *     was suspended
   * @throws TryAgainException if another process holds it
   */
  public static Lease take(
      FileSystem files,
      Path directory,
      LeasePurpose work,
      Duration interval,
      Pause pause,
      Runnable onLoss)
      throws IOException, InterruptedException {
    LeaseFolder folder = new LeaseFolder(files, directory, work);
    OptionalInt found = folder.highest();
    if (found.isPresent()) {
      requireDead(folder, found.getAsInt(), interval, pause);
    }
    LeaseHolder holder = LeaseHolder.thisProcess();
    int number = found.orElse(0) + 1;
    LIVING.add(holder.id());
    try {
      folder.createNew(number, json(holder));
    } catch (FileAlreadyExistsException other) {
      LIVING.remove(holder.id());
      throw folder.busy("has just started", other);
    } catch (IOException | RuntimeException failure) {
      LIVING.remove(holder.id());
      throw failure;
    }
    Lease lease = new Lease(folder, number, holder, interval, onLoss);
    if (found.isPresent()) {
      folder.delete(found.getAsInt());
    }
    return lease;
  }

  private static void requireDead(LeaseFolder folder, int number, Duration interval, Pause pause)
      throws IOException, InterruptedException {
    String first = folder.read(number);
    if (holder(first).filter(Lease::isKnownDead).isPresent()) {
      return;
    }
    for (int missed = 0; missed < MISSED_BEATS; missed++) {
      pause.sleep(interval);
      if (!folder.read(number).equals(first)) {
        throw folder.busy(
            holder(first)
                .map(
                    alive ->
                        "(process " + alive.process() + " on " + alive.machine() + ") is running")
                .orElse("is running"),
            null);
      }
    }
  }

  /**
   * Whether a lease is known to have no living holder. A lease of this process that could not be
   * deleted when it was released has none.
   */
  private static boolean isKnownDead(LeaseHolder holder) {
    return holder.isKnownDead() || (holder.isThisProcess() && !LIVING.contains(holder.id()));
  }

  private static Optional<LeaseHolder> holder(String json) {
    try {
      return Optional.of(JSON.readValue(json, LeaseHolder.class));
    } catch (JsonProcessingException beingWritten) {
      return Optional.empty();
    }
  }

  /**
   * Checks that no other process has taken over.
   *
   * @throws TryAgainException if one has
   */
  public synchronized void requireHeld() throws IOException {
    if (!isHeld()) {
      throw folder.busy("has taken over, because this process was suspended for too long", null);
    }
  }

  private boolean isHeld() throws IOException {
    // Only other processes can read a partial renewal: this process writes one at a time.
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
        holder = holder.renewed();
        folder.replace(number, json(holder));
      } else {
        ended = true;
        onLoss.run();
      }
    } catch (IOException | RuntimeException failure) {
      // The next renewal retries. If storage stays unavailable, the run itself fails, or detects
      // before it ends that another process has taken over.
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

  /** Releases the lease. */
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
   * Work that only one process at a time may do in a directory.
   *
   * @param name one word of lower-case letters, the prefix of the lease's file name
   * @param words the work in messages, such as "run of prepare on"
   */
  public record LeasePurpose(String name, String words) {}
}
