package dev.larkspur.status;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.larkspur.launch.ExitCode;
import java.util.Comparator;
import java.util.List;

/** What a run is doing, or how it has ended. */
public enum RunState {
  /** A driver is alive, and its workers report. */
  RUNNING("running", ExitCode.TRY_AGAIN),
  /** A driver is alive, but its workers have not reported for long. */
  STALLED("stalled", ExitCode.STALLED),
  /** It has not ended, and no driver is alive. */
  DEAD("dead", ExitCode.STALLED),
  /** It was stopped on request. */
  STOPPED("stopped", ExitCode.NOTHING_TO_DO),
  /** Nothing was trained yet. */
  NOT_STARTED("not started", ExitCode.NOTHING_TO_DO),
  /** It has ended by a failure. */
  FAILED("failed", ExitCode.FAILURE),
  /** All steps are done. */
  COMPLETED("completed", ExitCode.DONE);

  /** Those that need a person first. */
  private static final List<RunState> BY_URGENCY =
      List.of(FAILED, DEAD, STALLED, RUNNING, STOPPED, NOT_STARTED, COMPLETED);

  private final String word;
  private final int exitCode;

  RunState(String word, int exitCode) {
    this.word = word;
    this.exitCode = exitCode;
  }

  /** The state in words for people and in JSON. */
  @JsonValue
  public String word() {
    return word;
  }

  /** What {@code larkspur status} exits with. */
  public int exitCode() {
    return exitCode;
  }

  /** Whether to keep watching: it runs, or may start. */
  public boolean isActive() {
    return this == RUNNING || this == STALLED || this == NOT_STARTED;
  }

  /** The one of several states that is to be reported first. */
  public static RunState mostUrgent(List<RunState> states) {
    return states.stream().min(Comparator.comparingInt(BY_URGENCY::indexOf)).orElse(NOT_STARTED);
  }
}
