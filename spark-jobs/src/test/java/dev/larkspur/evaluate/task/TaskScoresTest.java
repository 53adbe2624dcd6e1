package dev.larkspur.evaluate.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Question.Choice;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Scores by hand. */
class TaskScoresTest {
  private static final Offset<Double> CLOSE = within(1e-12);

  @Test
  void accuraciesDivideByLengthsOrNot() {
    // Four questions with the same two choices: "é b" of 3 characters, 4 bytes and 2 tokens, and
    // "abcdef" of 6, 6 and 1; the second is right.
    Question question =
        new Question(
            "", List.of(new Choice("c", " é b", "é b"), new Choice("c", " abcdef", "abcdef")), 1);
    EncodedQuestion encoded =
        new EncodedQuestion(
            List.of(
                new EncodedChoice(List.of(1), List.of(2, 3)),
                new EncodedChoice(List.of(1), List.of(4))),
            false);
    TaskScores scores =
        TaskScores.of(
            new TaskFile(
                "t",
                "t.jsonl",
                TaskFormat.CHOICES,
                List.of(question, question, question, question)),
            List.of(encoded, encoded, encoded, encoded),
            List.of(
                // By characters -1 and -5/6, by bytes -3/4 and -5/6, by tokens -3/2 and -5.
                choices(-3, -5),
                // Equal: the first.
                choices(-4, -4),
                choices(-8, -4),
                // By characters -1/3 and -5/6.
                choices(-1, -5)));
    Map<String, Estimate> metrics = scores.metrics();
    assertThat(metrics.get("acc").value()).isEqualTo(0.25);
    assertThat(metrics.get("acc_norm").value()).isEqualTo(0.75);
    assertThat(metrics.get("acc_bytes").value()).isEqualTo(0.5);
    assertThat(metrics.get("acc_tokens").value()).isEqualTo(0);
    // The sample's standard deviation of 1, 0, 0, 0 is 1/2.
    assertThat(metrics.get("acc").standardError()).isCloseTo(0.25, CLOSE);
    assertThat(metrics.get("acc_tokens").standardError()).isZero();
    assertThat(scores.chance()).isEqualTo(0.5);
    assertThat(metrics).doesNotContainKey("perplexity");
    // 18 nats for 4 words and 28 bytes, with the space.
    assertThat(metrics.get("word_perplexity").value()).isCloseTo(Math.exp(18.0 / 4), CLOSE);
    assertThat(metrics.get("byte_perplexity").value()).isCloseTo(Math.exp(18.0 / 28), CLOSE);
    // Rests of the ratio 18/4: 1/2, -1/2, -1/2, 1/2; their standard error is sqrt(1/3) / 4 · 4 / 4.
    assertThat(metrics.get("word_perplexity").standardError())
        .isCloseTo(Math.exp(4.5) * Math.sqrt(4.0 / 3) / 4, within(1e-10));
  }

  @Test
  void oneContinuationOfSeveralContextsHasNoLengthToDivideBy() {
    Question question =
        new Question("", List.of(new Choice("a", " x", "a"), new Choice("bb", " x", "bb")), 0);
    EncodedQuestion encoded =
        new EncodedQuestion(
            List.of(
                new EncodedChoice(List.of(1), List.of(2)),
                new EncodedChoice(List.of(3), List.of(2))),
            true);
    TaskScores scores =
        TaskScores.of(
            new TaskFile("t", "t.jsonl", TaskFormat.WINOGRANDE, List.of(question)),
            List.of(encoded),
            List.of(choices(-1, -2)));
    assertThat(scores.metrics().keySet())
        .containsExactly("acc", "word_perplexity", "byte_perplexity");
    assertThat(scores.metrics().get("acc").value()).isOne();
    assertThat(scores.metrics().get("acc").standardError()).isNaN();
    assertThat(scores.truncated()).isOne();
  }

  @Test
  void aLastWordIsRightIfItIsTheLikeliest() {
    Question question = new Question("", List.of(new Choice("a", " word", "word")), 0);
    EncodedQuestion encoded =
        new EncodedQuestion(List.of(new EncodedChoice(List.of(1), List.of(2))), false);
    TaskScores scores =
        TaskScores.of(
            new TaskFile("t", "t.jsonl", TaskFormat.LAMBADA, List.of(question, question)),
            List.of(encoded, encoded),
            List.of(List.of(new Likelihood(-1, true)), List.of(new Likelihood(-3, false))));
    assertThat(scores.metrics().get("acc")).isEqualTo(new Estimate(0.5, 0.5));
    assertThat(scores.metrics().get("perplexity").value()).isCloseTo(Math.exp(2), CLOSE);
    assertThat(scores.metrics().get("perplexity"))
        .isEqualTo(scores.metrics().get("word_perplexity"));
    assertThat(scores.metrics().get("byte_perplexity").value()).isCloseTo(Math.exp(0.4), CLOSE);
    assertThat(scores.chance()).isNaN();
  }

  private static List<Likelihood> choices(double first, double second) {
    return List.of(new Likelihood(first, false), new Likelihood(second, false));
  }
}
