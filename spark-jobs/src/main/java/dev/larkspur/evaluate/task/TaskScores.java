package dev.larkspur.evaluate.task;

import dev.larkspur.evaluate.task.Question.Choice;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The scores of a model on a task.
 *
 * @param task its name
 * @param format its format
 * @param questions that were asked
 * @param truncated questions whose context was too long for the model
 * @param chance mean accuracy of a guess; NaN for a last word
 * @param metrics by the names of EleutherAI's harness, where it has the metric
 */
public record TaskScores(
    String task,
    String format,
    int questions,
    int truncated,
    double chance,
    Map<String, Estimate> metrics) {

  public TaskScores {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Computes the scores.
   *
   * @param encoded the task's questions in tokens
   * @param likelihoods of the choices of each question
   */
  public static TaskScores of(
      TaskFile task, List<EncodedQuestion> encoded, List<List<Likelihood>> likelihoods) {
    Answers answers = new Answers(task.questions(), encoded, likelihoods);
    Map<String, Estimate> metrics = new LinkedHashMap<>();
    boolean choice = task.questions().stream().allMatch(question -> question.choices().size() > 1);
    if (choice) {
      metrics.put("acc", answers.accuracy((question, i) -> 1));
      if (task.questions().stream().anyMatch(Question::hasDifferentContinuations)) {
        metrics.put("acc_norm", answers.accuracy(answers::characters));
        metrics.put("acc_bytes", answers.accuracy(answers::bytes));
        metrics.put("acc_tokens", answers.accuracy(answers::tokens));
      }
    } else {
      metrics.put("acc", answers.greedy());
      metrics.put("perplexity", answers.perplexity(text -> 1));
    }
    metrics.put("word_perplexity", answers.perplexity(Whitespace::words));
    metrics.put("byte_perplexity", answers.perplexity(TaskScores::utf8));
    return new TaskScores(
        task.name(),
        task.format().word(),
        task.questions().size(),
        (int) encoded.stream().filter(EncodedQuestion::truncated).count(),
        choice
            ? task.questions().stream().mapToDouble(q -> 1.0 / q.choices().size()).sum()
                / task.questions().size()
            : Double.NaN,
        metrics);
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** By which the log-likelihood of a choice is divided. */
  @FunctionalInterface
  private interface Length {
    double of(int question, int choice);
  }

  private record Answers(
      List<Question> questions, List<EncodedQuestion> encoded, List<List<Likelihood>> likelihoods) {

    private Choice choice(int question, int choice) {
      return questions.get(question).choices().get(choice);
    }

    double characters(int question, int choice) {
      String text = choice(question, choice).text();
      return text.codePointCount(0, text.length());
    }

    double bytes(int question, int choice) {
      return utf8(choice(question, choice).text());
    }

    double tokens(int question, int choice) {
      return encoded.get(question).choices().get(choice).continuation().size();
    }

    /** How often the likeliest choice, of equal ones the first, is the answer. */
    Estimate accuracy(Length length) {
      return each(
          i -> {
            List<Likelihood> given = likelihoods.get(i);
            int best = 0;
            for (int choice = 1; choice < given.size(); choice++) {
              double score = given.get(choice).logarithm() / length.of(i, choice);
              if (score > given.get(best).logarithm() / length.of(i, best)) {
                best = choice;
              }
            }
            return best == questions.get(i).answer() ? 1 : 0;
          });
    }

    Estimate greedy() {
      return each(i -> correct(i).greedy() ? 1 : 0);
    }

    private Estimate each(IntToDoubleFunction value) {
      return Estimate.mean(IntStream.range(0, questions.size()).mapToDouble(value).toArray());
    }

    /** Of the correct continuations. */
    Estimate perplexity(ToDoubleFunction<String> units) {
      IntStream all = IntStream.range(0, questions.size());
      return Estimate.perplexity(
          all.mapToDouble(i -> correct(i).logarithm()).toArray(),
          questions.stream()
              .map(question -> question.choices().get(question.answer()).continuation())
              .mapToDouble(units)
              .toArray());
    }

    private Likelihood correct(int question) {
      return likelihoods.get(question).get(questions.get(question).answer());
    }
  }
}
