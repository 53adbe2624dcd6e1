package dev.larkspur.status;

import dev.larkspur.run.AttemptHistory.Attempts;
import dev.larkspur.run.Json;
import java.util.List;

/**
 * The state of a run at one time. As JSON, the fields of the standing are those of the run.
 *
 * @param run its directory
 * @param name its {@code run.name}; null if its settings are lost
 * @param standing what it is doing
 * @param progress how far it is; null before the first attempt
 * @param checkpoint its newest checkpoint; null if there is none
 * @param attempts at training it
 */
public record RunStatus(
    String run,
    String name,
    Standing standing,
    TrainingProgress progress,
    SavedCheckpoint checkpoint,
    Attempts attempts) {

  /** What it is doing. */
  public RunState state() {
    return standing.state();
  }

  /**
   * What a run is doing.
   *
   * @param state what it is doing, in a word
   * @param reason why it is in this state, and what to do; null if there is nothing to say
   * @param heartbeat of the driver; null if there is none
   * @param workers hosts of the workers, in the order of ranks; empty if none have begun
   */
  public record Standing(RunState state, String reason, Heartbeat heartbeat, List<String> workers)
      implements Json.Group {
    public Standing {
      workers = List.copyOf(workers);
    }
  }

  /**
   * The last sign of life of a driver, which does not depend on steps.
   *
   * @param time in ISO 8601 and UTC
   * @param ageSeconds time since then
   * @param host the driver's
   * @param process its id
   */
  public record Heartbeat(String time, double ageSeconds, String host, long process) {}

  /**
   * How far a run is.
   *
   * @param step updates done
   * @param steps updates of the complete run; null if an older version wrote it
   * @param loss newest losses
   * @param tokensPerSecond while it runs; else null, or those of the last training
   * @param secondsLeft while it runs and has a speed; else null
   * @param activity what the workers do, while it runs; else null
   * @param ageSeconds since the workers reported, while it runs; else null
   */
  public record TrainingProgress(
      long step,
      Long steps,
      Losses loss,
      Double tokensPerSecond,
      Double secondsLeft,
      String activity,
      Double ageSeconds) {}

  /**
   * Losses in nats a token; null before the first.
   *
   * @param training mean of the last line of metrics
   * @param validation of the last validation
   */
  public record Losses(Double training, Double validation) {}

  /**
   * A committed checkpoint.
   *
   * @param step updates done
   * @param time when it was committed, in ISO 8601 and UTC
   * @param ageSeconds time since then
   */
  public record SavedCheckpoint(long step, String time, double ageSeconds) {}
}
