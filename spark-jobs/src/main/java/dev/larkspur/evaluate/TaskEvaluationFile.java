package dev.larkspur.evaluate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.larkspur.evaluate.task.TaskFile;
import dev.larkspur.evaluate.task.TaskScores;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.Json;
import dev.larkspur.run.RunDirectory;
import java.util.Locale;

/**
 * The scores of a checkpoint on a task, as they are kept in the run's directory.
 *
 * @param step updates of the checkpoint
 * @param attempt that wrote it
 * @param file that the questions are from
 * @param examples before each question
 * @param scores of the checkpoint
 */
public record TaskEvaluationFile(
    long step,
    int attempt,
    String file,
    @JsonUnwrapped Examples examples,
    @JsonUnwrapped TaskScores scores) {

  /** The result of a checkpoint. */
  public static TaskEvaluationFile of(
      Checkpoint checkpoint, TaskFile task, Examples examples, TaskScores scores) {
    return new TaskEvaluationFile(
        checkpoint.step(), checkpoint.name().attempt(), task.path(), examples, scores);
  }

  /** The file's name in the run's directory; one per step, task and number of examples. */
  public String name() {
    return String.format(
        Locale.ROOT,
        "evaluations/step-%08d/%s-%d-shot.json",
        step,
        scores.task(),
        examples.shots());
  }

  /** Writes the file, replacing one of the same name. */
  public void write(RunDirectory run) {
    try {
      String json = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
      run.writeAtomically(name(), json + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /**
   * Examples before each question.
   *
   * @param shots how many
   * @param shotsSeed that they are drawn with
   */
  public record Examples(int shots, long shotsSeed) {}
}
