package dev.larkspur.evaluate.task;

import dev.larkspur.settings.Count;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Solved examples before each question, drawn anew for each, without repetition.
 *
 * @param shots examples before each question
 * @param seed another seed gives other examples
 */
public record FewShot(int shots, long seed) {
  private static final String DELIMITER = "\n\n";

  /**
   * The questions of a task after their examples.
   *
   * @param from file with the examples, of the same format; it may be the same file, for a question
   *     is never its own example
   * @throws BadInputException if it is of another format, or has too few questions
   */
  public TaskFile before(TaskFile task, TaskFile from) {
    if (from.format() != task.format()) {
      throw new BadInputException(
          "%s is %s and %s is %s: give --shots-from a file of the same task, often its training split"
              .formatted(from.path(), from.format().word(), task.path(), task.format().word()));
    }
    List<String> pool = from.questions().stream().map(Question::solved).distinct().toList();
    if (pool.size() <= shots) {
      throw new BadInputException(
          "%s has %s, too few for --shots %d: give fewer shots or a larger file"
              .formatted(from.path(), Count.of(pool.size(), "different question"), shots));
    }
    List<Question> asked = new ArrayList<>();
    for (Question question : task.questions()) {
      asked.add(question.after(examples(question, asked.size(), pool)));
    }
    return new TaskFile(task.name(), task.path(), task.format(), asked);
  }

  private String examples(Question question, int number, List<String> pool) {
    SplittableRandom random = new SplittableRandom(SplitMix64.of(seed, number));
    int[] order = IntStream.range(0, pool.size()).toArray();
    String own = question.solved();
    StringBuilder text = new StringBuilder();
    int taken = 0;
    for (int i = 0; taken < shots; i++) {
      int other = random.nextInt(i, order.length);
      int drawn = order[other];
      order[other] = order[i];
      if (!pool.get(drawn).equals(own)) {
        text.append(pool.get(drawn)).append(DELIMITER);
        taken++;
      }
    }
    return text.toString();
  }
}
