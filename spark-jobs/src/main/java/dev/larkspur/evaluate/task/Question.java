package dev.larkspur.evaluate.task;

import java.util.List;

/**
 * A question whose answer a model gives by the likeliest of several continuations; with one choice,
 * whether the model would generate it.
 *
 * @param place file and line, for messages
 * @param choices at least one
 * @param answer index of the correct one
 */
public record Question(String place, List<Choice> choices, int answer) {

  public Question {
    choices = List.copyOf(choices);
  }

  /** The question with its answer, as an example for a model. */
  String solved() {
    return choices.get(answer).context() + choices.get(answer).continuation();
  }

  /** Whether the choices are different continuations, whose lengths may differ. */
  boolean hasDifferentContinuations() {
    return choices.stream().map(Choice::continuation).distinct().count() > 1;
  }

  /** The same question after a text. */
  Question after(String text) {
    return new Question(
        place,
        choices.stream()
            .map(
                choice -> new Choice(text + choice.context(), choice.continuation(), choice.text()))
            .toList(),
        answer);
  }

  /**
   * One choice.
   *
   * @param context what the model reads
   * @param continuation whose likelihood is measured, with the space before it
   * @param text the choice as the file has it, whose length normalises the likelihood
   */
  public record Choice(String context, String continuation, String text) {}
}
