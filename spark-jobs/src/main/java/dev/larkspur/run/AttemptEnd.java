package dev.larkspur.run;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How an attempt ended, as {@code attempts/00000001-ended.json} has it. There is no such file of an
 * attempt whose driver died.
 *
 * @param attempt its number
 * @param ended when, in ISO 8601 and UTC
 * @param ending how: {@code completed}, {@code stopped}, {@code evicted} or {@code failed}
 * @param step updates done, as far as the driver knows
 * @param reason why it failed; null if it did not
 */
public record AttemptEnd(int attempt, String ended, String ending, long step, String reason) {

  /** An end that is now. */
  public static AttemptEnd now(int attempt, Ending ending, long step, String reason) {
    return new AttemptEnd(
        attempt,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        ending.name().toLowerCase(Locale.ROOT),
        step,
        reason);
  }

  /** The ways in which an attempt ends. */
  public enum Ending {
    COMPLETED,
    STOPPED,
    EVICTED,
    FAILED
  }
}
