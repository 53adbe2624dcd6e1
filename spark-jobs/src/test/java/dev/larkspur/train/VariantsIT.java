package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of feed-forward network, trained by one worker, by two, and in two pieces. */
class VariantsIT {
  private static final double LEARNING_RATE = 0.003;

  @TempDir private static Path directory;
  private static EmbeddedTrainings trainings;

  private record Variant(String name, List<String> settings) {
    static Variant of(String name, String... settings) {
      return new Variant(name, List.of(settings));
    }

    String[] with(String... more) {
      return Stream.concat(
              Stream.of("training.learning-rate=" + LEARNING_RATE, "training.steps=10"),
              Stream.concat(settings.stream(), Stream.of(more)))
          .toArray(String[]::new);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Kinds, some with other parts of a decoder around them. */
  static Stream<Variant> variants() {
    return Stream.of(
        Variant.of("dense", "model.ffn.kind=dense", "model.ffn.rank=null"),
        Variant.of("low-rank"),
        Variant.of(
            "block-dense",
            "model.ffn.kind=block-dense",
            "model.ffn.blocks=4",
            "model.ffn.activation=swiglu"),
        Variant.of(
            "block-shuffle",
            "model.ffn.kind=block-shuffle",
            "model.ffn.blocks=4",
            "model.ffn.rank=null",
            "model.norm=rms-norm",
            "model.positions=learned",
            "model.biases=false",
            "model.tied-embedding=false"));
  }

  @BeforeAll
  static void prepare() throws Exception {
    trainings = EmbeddedTrainings.prepare(directory);
  }

  @AfterAll
  static void stop() {
    trainings.close();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void twoWorkersEndAsOneDoesAndAsTheyDoWhenResumed(Variant variant) throws Exception {
    String two = variant + "-two";
    String one = variant + "-one";
    String cut = variant + "-cut";
    trainings.train(two, variant.with());
    trainings.train(one, variant.with("training.workers=1"));
    trainings.trainCutAndResume(cut, 5, variant.with());

    trainings.assertSameTensors(cut, two);
    float[] parameters = trainings.parameters(two, variant.with());
    // Sums in another order differ by 2^-24 relative; Adam's quotient of moments passes that on to
    // an update of at most the learning rate, ten times. A wrong share of the batch would show as
    // whole updates.
    assertThat(distance(trainings.parameters(one, variant.with()), parameters)).isLessThan(1e-4);
    assertThat(distance(trainings.initialParameters(variant.with()), parameters))
        .isGreaterThan(5 * LEARNING_RATE);
  }

  private static double distance(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }
}
