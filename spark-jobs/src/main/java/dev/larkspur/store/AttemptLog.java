package dev.larkspur.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.hadoop.fs.FileAlreadyExistsException;

/**
 * The attempts at training a run, one file each in {@code attempts/}, which only one driver can
 * create. Their numbers fence: an attempt that finds a later one has been given up by the run.
 */
public final class AttemptLog {
  private static final String ROOT = "attempts";
  private static final String ENDING = ".json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory run;

  public AttemptLog(RunDirectory run) {
    this.run = run;
  }

  /**
   * Begins the next attempt. To be called before the newest checkpoint is looked for.
   *
   * @param application Spark's id of the driver's application
   * @return its number
   * @throws TryAgainException if another driver begins one at this moment
   */
  public int begin(String application) {
    int number = newest() + 1;
    String name = "%s/%08d%s".formatted(ROOT, number, ENDING);
    try {
      run.createNew(
          name,
          JSON.writeValueAsBytes(
              Map.of(
                  "attempt",
                  number,
                  "application",
                  application,
                  "began",
                  Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())));
    } catch (FileAlreadyExistsException e) {
      throw new TryAgainException(
          "another driver begins to train %s at this moment: leave it to that one"
              .formatted(run.path("")),
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of plain values is JSON", e);
    } catch (IOException e) {
      throw run.cannot("write", name, e);
    }
    return number;
  }

  /**
   * Makes sure that an attempt is the latest.
   *
   * @throws TryAgainException if a later one has begun
   */
  public void requireNewest(int attempt) {
    int newest = newest();
    if (newest > attempt) {
      throw new TryAgainException(
          "attempt %d at training %s stops: attempt %d has begun, by a driver that took this one for dead"
              .formatted(attempt, run.path(""), newest));
    }
  }

  private int newest() {
    return run.list(ROOT).stream()
        .map(status -> status.getPath().getName())
        .filter(name -> name.matches("\\d{8,9}\\" + ENDING))
        .mapToInt(name -> Integer.parseInt(name.substring(0, name.length() - ENDING.length())))
        .max()
        .orElse(0);
  }
}
