package dev.larkspur.evaluate.task;

import java.io.Serializable;
import java.util.List;

/**
 * A question in tokens.
 *
 * @param choices in the order of the question
 * @param truncated whether tokens at the beginning of a context were dropped
 */
public record EncodedQuestion(List<EncodedChoice> choices, boolean truncated)
    implements Serializable {

  public EncodedQuestion {
    choices = List.copyOf(choices);
  }

  /** Tokens of the longest choice, its context included. */
  public int length() {
    return choices.stream()
        .mapToInt(choice -> choice.context().size() + choice.continuation().size())
        .max()
        .orElse(0);
  }

  /**
   * A choice in tokens.
   *
   * @param context ids that the model reads, at least one
   * @param continuation ids whose likelihood is measured, at least one
   */
  public record EncodedChoice(List<Integer> context, List<Integer> continuation)
      implements Serializable {

    public EncodedChoice {
      context = List.copyOf(context);
      continuation = List.copyOf(continuation);
    }
  }
}
