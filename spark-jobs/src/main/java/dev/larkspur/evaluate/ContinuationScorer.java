package dev.larkspur.evaluate;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Replica;
import dev.larkspur.evaluate.task.EncodedQuestion;
import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Likelihood;
import dev.larkspur.safetensors.SafetensorsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures the likelihood of continuations. A context is read once for all its continuations: they
 * share its keys and values, and its last token's scores give the first token of each.
 */
final class ContinuationScorer {
  /** Most tokens that one pass reads, padding included; bounds the memory of activations. */
  private static final int PASS_TOKENS = 1 << 13;

  /** Most tokens of which keys and values are kept, unless one row has more. */
  private static final int CACHED_TOKENS = 1 << 15;

  private final Replica replica;
  private final int rows;

  /**
   * @param replica with the parameters to measure
   * @param rows most continuations that are measured at the same time
   */
  ContinuationScorer(Replica replica, int rows) {
    this.replica = replica;
    this.rows = rows;
  }

  /**
   * The likelihoods of the choices of each question.
   *
   * @throws SafetensorsException if the scores are not finite
   */
  List<List<Likelihood>> score(List<EncodedQuestion> questions) {
    Measured[] all =
        questions.stream()
            .flatMap(question -> question.choices().stream())
            .map(Measured::new)
            .toArray(Measured[]::new);
    if (all.length > 0) {
      int longest = questions.stream().mapToInt(EncodedQuestion::length).max().orElseThrow() - 1;
      int fit = Math.max(1, Math.min(rows, CACHED_TOKENS / longest));
      try (DecodingSession decoding = replica.decoding(fit, longest, FactorMerge.AUTO)) {
        batches(all, fit).forEach(batch -> measure(batch, decoding));
      }
    }
    List<List<Likelihood>> likelihoods = new ArrayList<>();
    int next = 0;
    for (EncodedQuestion question : questions) {
      List<Likelihood> own = new ArrayList<>();
      for (int i = 0; i < question.choices().size(); i++) {
        own.add(all[next++].likelihood());
      }
      likelihoods.add(own);
    }
    return likelihoods;
  }

  /** Divides prompts into batches of similar length that fit. */
  private static List<List<Prompt>> batches(Measured[] all, int fit) {
    Map<List<Integer>, List<Measured>> byContext = new LinkedHashMap<>();
    for (Measured measured : all) {
      byContext
          .computeIfAbsent(measured.choice.context(), context -> new ArrayList<>())
          .add(measured);
    }
    List<Prompt> prompts = new ArrayList<>();
    byContext.forEach(
        (context, measured) -> {
          for (int from = 0; from < measured.size(); from += fit) {
            prompts.add(
                new Prompt(context, measured.subList(from, Math.min(measured.size(), from + fit))));
          }
        });
    prompts.sort(Comparator.comparingInt((Prompt prompt) -> prompt.context.size()).reversed());
    List<List<Prompt>> batches = new ArrayList<>();
    List<Prompt> batch = new ArrayList<>();
    int taken = 0;
    for (Prompt prompt : prompts) {
      int length = (batch.isEmpty() ? prompt : batch.get(0)).context.size();
      if (taken + prompt.rows() > fit || (batch.size() + 1L) * length > PASS_TOKENS) {
        // The first prompt is taken whatever its length.
        if (!batch.isEmpty()) {
          batches.add(batch);
        }
        batch = new ArrayList<>();
        taken = 0;
      }
      batch.add(prompt);
      taken += prompt.rows();
    }
    batches.add(batch);
    return batches;
  }

  private static void measure(List<Prompt> batch, DecodingSession decoding) {
    float[][] scores = decoding.begin(batch.stream().map(Prompt::ids).toList());
    List<Measured> measured = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int row = 0; row < scores.length; row++) {
      double normalizer = logSumExp(scores[row]);
      for (Measured next : batch.get(row).continuations) {
        measured.add(next);
        rows.add(row);
        next.add(scores[row], normalizer);
      }
    }
    while (true) {
      List<Measured> going = new ArrayList<>();
      List<Integer> staying = new ArrayList<>();
      for (int i = 0; i < measured.size(); i++) {
        if (!measured.get(i).isDone()) {
          going.add(measured.get(i));
          staying.add(rows.get(i));
        }
      }
      if (going.isEmpty()) {
        return;
      }
      int[] kept = staying.stream().mapToInt(Integer::intValue).toArray();
      if (!Arrays.equals(kept, IntStream.range(0, decoding.rows()).toArray())) {
        decoding.keep(kept);
      }
      scores = decoding.next(going.stream().mapToInt(Measured::last).toArray());
      for (int row = 0; row < scores.length; row++) {
        going.get(row).add(scores[row], logSumExp(scores[row]));
      }
      measured = going;
      rows = IntStream.range(0, going.size()).boxed().toList();
    }
  }

  private static double logSumExp(float[] scores) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      highest = Math.max(highest, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    double normalizer = highest + Math.log(sum);
    if (!Double.isFinite(normalizer)) {
      throw new SafetensorsException(
          "the model's scores are not finite: its training has diverged. Train again in another"
              + " run.dir with a lower training.learning-rate");
    }
    return normalizer;
  }

  /** A context with some of its continuations. */
  private record Prompt(List<Integer> context, List<Measured> continuations) {
    int[] ids() {
      return context.stream().mapToInt(Integer::intValue).toArray();
    }

    int rows() {
      return continuations.size();
    }
  }

  /** A continuation, and its likelihood so far. */
  private static final class Measured {
    private final EncodedChoice choice;
    private int read;
    private double sum;
    private boolean greedy = true;

    Measured(EncodedChoice choice) {
      this.choice = choice;
    }

    /**
     * Takes the scores of its next token.
     *
     * @param normalizer logarithm of the sum of their exponentials
     */
    void add(float[] scores, double normalizer) {
      int token = choice.continuation().get(read++);
      sum += scores[token] - normalizer;
      for (int other = 0; greedy && other < scores.length; other++) {
        // Of equal scores the first is the likeliest, as for decoding.
        greedy = other < token ? scores[other] < scores[token] : scores[other] <= scores[token];
      }
    }

    boolean isDone() {
      return read == choice.continuation().size();
    }

    /** The token that was measured last. */
    int last() {
      return choice.continuation().get(read - 1);
    }

    Likelihood likelihood() {
      return new Likelihood(sum, greedy);
    }
  }
}
