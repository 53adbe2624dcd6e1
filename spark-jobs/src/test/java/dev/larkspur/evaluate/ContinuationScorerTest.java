package dev.larkspur.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.contract.ReferenceDecoder;
import dev.larkspur.evaluate.task.EncodedQuestion;
import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Estimate;
import dev.larkspur.evaluate.task.Likelihood;
import dev.larkspur.evaluate.task.Question;
import dev.larkspur.evaluate.task.Question.Choice;
import dev.larkspur.evaluate.task.TaskFile;
import dev.larkspur.evaluate.task.TaskFormat;
import dev.larkspur.evaluate.task.TaskScores;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.SettingsLoader;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Likelihoods beside those of a decoder in plain loops over doubles. */
class ContinuationScorerTest {
  private static final int VOCABULARY = 11;

  private static final ModelConfig MODEL =
      new SettingsLoader()
          .text(
              "test",
              """
              model { hidden-dim = 8, layers = 2, query-heads = 2, context = 9, vocabulary = 11 }
              model.ffn { kind = low-rank, rank = 3 }
              training { learning-rate = 1, steps = 1 }
              """)
          .load(Purpose.GENERATE)
          .model()
          .toConfig(0, 0);

  @ParameterizedTest
  @CsvSource({"torch, 1", "torch, 3", "torch, 32", "dl4j, 3"})
  void likelihoodsAreThoseOfTheWholeTextLessThoseOfTheContext(String engine, int rows) {
    Random random = new Random(1);
    List<EncodedQuestion> questions = new ArrayList<>();
    // One context for choices of different lengths, one of them twice; and a context of its own
    // for each.
    questions.add(
        question(
            List.of(3, 1, 4), List.of(List.of(1), List.of(5, 9, 2), List.of(6, 5), List.of(1))));
    questions.add(question(List.of(7), List.of(List.of(8, 2, 8, 1, 8, 2, 8, 4, 5))));
    questions.add(
        new EncodedQuestion(
            List.of(
                new EncodedChoice(List.of(2, 7, 1, 8, 2, 8), List.of(1, 8)),
                new EncodedChoice(List.of(2, 7), List.of(1, 8))),
            false));
    for (int i = 0; i < 5; i++) {
      questions.add(question(ids(random, 1 + i), List.of(ids(random, 3), ids(random, 5 - i))));
    }
    try (Replica replica = replica(engine)) {
      ReferenceDecoder reference = new ReferenceDecoder(MODEL, randomize(replica));
      List<Integer> context = List.of(4, 2);
      questions.add(question(context, List.of(likeliest(reference, context, 3), List.of(0, 0, 0))));
      List<List<Likelihood>> measured = new ContinuationScorer(replica, rows).score(questions);

      assertThat(measured).hasSameSizeAs(questions);
      int greedy = 0;
      for (int i = 0; i < questions.size(); i++) {
        List<EncodedChoice> choices = questions.get(i).choices();
        assertThat(measured.get(i)).hasSameSizeAs(choices);
        for (int j = 0; j < choices.size(); j++) {
          Likelihood likelihood = measured.get(i).get(j);
          assertThat(likelihood.logarithm())
              .as("choice %d of question %d", j, i)
              .isCloseTo(logLikelihood(reference, choices.get(j)), within(2e-5));
          boolean likeliest = isLikeliest(reference, choices.get(j));
          assertThat(likelihood.greedy()).isEqualTo(likeliest);
          greedy += likeliest ? 1 : 0;
        }
      }
      assertThat(greedy).isPositive();
    }
  }

  @Test
  void aModelWithoutTrainingIsRightAsOftenAsAGuess() {
    Random random = new Random(2);
    List<EncodedQuestion> encoded = new ArrayList<>();
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      List<Integer> context = ids(random, 4);
      encoded.add(question(context, Stream.generate(() -> ids(random, 2)).limit(4).toList()));
      questions.add(
          new Question(
              "",
              IntStream.range(0, 4)
                  .mapToObj(choice -> new Choice("", " " + choice, "" + choice))
                  .toList(),
              random.nextInt(4)));
    }
    try (Replica replica = replica("torch")) {
      replica.initialize(3);
      TaskScores scores =
          TaskScores.of(
              new TaskFile("t", "t.jsonl", TaskFormat.CHOICES, questions),
              encoded,
              new ContinuationScorer(replica, 32).score(encoded));
      Estimate accuracy = scores.metrics().get("acc");
      // sqrt(0.25 · 0.75 / 600)
      assertThat(accuracy.standardError()).isCloseTo(0.0177, within(0.001));
      assertThat(accuracy.value()).isCloseTo(scores.chance(), within(2 * accuracy.standardError()));
    }
  }

  @Test
  void aModelThatHasDivergedIsRefused() {
    try (Replica replica = replica("torch")) {
      float[] values = new float[Math.toIntExact(replica.table().length())];
      Arrays.fill(values, Float.NaN);
      replica.parameters().write(0, FloatBuffer.wrap(values));
      List<EncodedQuestion> questions = List.of(question(List.of(1), List.of(List.of(2))));
      assertThatThrownBy(() -> new ContinuationScorer(replica, 1).score(questions))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("scores are not finite")
          .hasMessageContaining("lower training.learning-rate");
    }
  }

  private static EncodedQuestion question(
      List<Integer> context, List<List<Integer>> continuations) {
    return new EncodedQuestion(
        continuations.stream().map(each -> new EncodedChoice(context, each)).toList(), false);
  }

  private static List<Integer> ids(Random random, int length) {
    return random.ints(length, 0, VOCABULARY).boxed().toList();
  }

  private static double logLikelihood(ReferenceDecoder reference, EncodedChoice choice) {
    return reference.loss(array(choice.context())) - reference.loss(array(whole(choice)));
  }

  /** What greedy decoding continues with. */
  private static List<Integer> likeliest(
      ReferenceDecoder reference, List<Integer> context, int length) {
    List<Integer> text = new ArrayList<>(context);
    for (int i = 0; i < length; i++) {
      int best =
          IntStream.range(0, VOCABULARY)
              .boxed()
              .min(Comparator.comparing(token -> reference.loss(array(appended(text, token)))))
              .orElseThrow();
      text.add(best);
    }
    return text.subList(context.size(), text.size());
  }

  private static List<Integer> appended(List<Integer> text, int token) {
    List<Integer> longer = new ArrayList<>(text);
    longer.add(token);
    return longer;
  }

  /** Whether no other token is likelier anywhere in the continuation. */
  private static boolean isLikeliest(ReferenceDecoder reference, EncodedChoice choice) {
    List<Integer> whole = whole(choice);
    for (int i = choice.context().size(); i < whole.size(); i++) {
      double own = reference.loss(array(whole.subList(0, i + 1)));
      for (int token = 0; token < VOCABULARY; token++) {
        if (reference.loss(array(appended(whole.subList(0, i), token))) < own) {
          return false;
        }
      }
    }
    return true;
  }

  private static List<Integer> whole(EncodedChoice choice) {
    List<Integer> whole = new ArrayList<>(choice.context());
    whole.addAll(choice.continuation());
    return whole;
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Replica replica(String engine) {
    return Engines.named(engine).replica(MODEL, Device.cpu(1), Precision.FP32);
  }

  /** Draws parameters of a size that makes attention uneven and biases count. */
  private static double[] randomize(Replica replica) {
    Random random = new Random(5);
    float[] values = new float[Math.toIntExact(replica.table().length())];
    double[] exact = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
      exact[i] = values[i];
    }
    replica.parameters().write(0, FloatBuffer.wrap(values));
    return exact;
  }
}
