package dev.larkspur.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.storage.Lease.LeasePurpose;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A lease as a process sees it that does not want it. The process compares the time of the last
 * renewal, as the file system has it, with its own clock: both must agree to within a few seconds.
 *
 * @param renewed when its holder last renewed it
 * @param host name of the holder's host; empty while the lease is being written
 * @param process process id of the holder; 0 while the lease is being written
 * @param ended whether the holder ran on this machine and is known to have ended
 */
public record ObservedLease(Instant renewed, String host, long process, boolean ended) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * The newest lease for some work in a directory.
   *
   * @return empty if nobody holds one
   */
  public static Optional<ObservedLease> newest(FileSystem files, Path directory, LeasePurpose work)
      throws IOException {
    LeaseFolder folder = new LeaseFolder(files, directory, work);
    OptionalInt number = folder.highest();
    if (number.isEmpty()) {
      return Optional.empty();
    }
    try {
      Instant renewed = folder.modified(number.getAsInt());
      Optional<LeaseHolder> holder = holder(folder.read(number.getAsInt()));
      return Optional.of(
          new ObservedLease(
              renewed,
              // The rest tells machines of the same name apart.
              holder.map(known -> known.machine().split(" ", 2)[0]).orElse(""),
              holder.map(LeaseHolder::process).orElse(0L),
              holder.filter(LeaseHolder::isKnownDead).isPresent()));
    } catch (FileNotFoundException released) {
      return Optional.empty();
    }
  }

  private static Optional<LeaseHolder> holder(String json) {
    try {
      return Optional.of(JSON.readValue(json, LeaseHolder.class));
    } catch (JsonProcessingException beingWritten) {
      return Optional.empty();
    }
  }

  /** Time since the last renewal; zero if the clocks differ and it lies ahead. */
  public Duration age(Instant now) {
    Duration age = Duration.between(renewed, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  /**
   * Whether its holder is alive, as far as that is known.
   *
   * @param interval time between the holder's renewals
   */
  public boolean isAlive(Instant now, Duration interval) {
    return !ended && age(now).compareTo(Lease.lifetime(interval)) <= 0;
  }
}
