package dev.larkspur.evaluate.task;

import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Question.Choice;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Divides text into the tokens that a model reads and those that are measured, as EleutherAI's
 * harness does: the continuation's tokens are those of the whole text after as many as the context
 * alone has; white space at the end of a context belongs to the continuation; an empty context is
 * the end-of-text token; what exceeds the model's context is dropped at the beginning.
 */
public final class QuestionEncoder {
  private final Tokenizer tokenizer;
  private final int context;

  /**
   * @param tokenizer of the model
   * @param context most tokens that the model reads
   */
  public QuestionEncoder(Tokenizer tokenizer, int context) {
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /**
   * Encodes all questions of a file.
   *
   * @throws BadInputException naming the question whose continuation has no token of its own, or
   *     more than the model reads
   */
  public List<EncodedQuestion> encode(TaskFile task) {
    return task.questions().stream().map(this::encode).toList();
  }

  private EncodedQuestion encode(Question question) {
    List<EncodedChoice> choices = new ArrayList<>();
    boolean truncated = false;
    String encoded = null;
    int[] ids = {};
    for (Choice choice : question.choices()) {
      int end = Whitespace.endOfText(choice.context());
      String read = choice.context().substring(0, end);
      String measured = choice.context().substring(end) + choice.continuation();
      if (!read.equals(encoded)) {
        ids = read.isEmpty() ? new int[] {tokenizer.endOfText()} : tokenizer.encode(read);
        encoded = read;
      }
      int[] whole = tokenizer.encode(read + measured);
      int begin = read.isEmpty() ? 0 : ids.length;
      int[] continuation = Arrays.copyOfRange(whole, Math.min(begin, whole.length), whole.length);
      requireMeasurable(question, choice, continuation.length);
      // The last token is predicted and not read.
      int kept = Math.min(ids.length, context + 1 - continuation.length);
      truncated |= kept < ids.length;
      choices.add(
          new EncodedChoice(
              boxed(Arrays.copyOfRange(ids, ids.length - kept, ids.length)), boxed(continuation)));
    }
    return new EncodedQuestion(choices, truncated);
  }

  private void requireMeasurable(Question question, Choice choice, int tokens) {
    if (tokens == 0) {
      throw new BadInputException(
          "%s: \"%s\" has no token of its own after its context: give a text that does not merge into the context"
              .formatted(question.place(), choice.text()));
    }
    if (tokens > context) {
      throw new BadInputException(
          "%s: a choice has %,d tokens, and the model reads %,d: use a model with a longer context, or shorten the choice"
              .formatted(question.place(), tokens, context));
    }
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }
}
