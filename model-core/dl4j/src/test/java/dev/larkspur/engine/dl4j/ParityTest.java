package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.ExplicitMatrix;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.engine.torch.TorchEngine;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.optim.AdamW;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine against the one on LibTorch, in 32-bit floats. */
class ParityTest {
  private static final int STEPS = 20;
  private static final int GENERATED = 20;

  /** Every kind of feed-forward network in two decoders, with and without guides. */
  static Stream<ModelConfig> models() {
    return TestModels.structures()
        .flatMap(
            structure ->
                Stream.of(
                    TestModels.tiny(
                        new FfnConfig(20, structure, structure, Activation.GELU),
                        DecoderVariant.PAPER),
                    TestModels.tiny(
                        new FfnConfig(20, structure, structure, Activation.SWIGLU),
                        TestModels.other().variant())))
        .flatMap(
            config ->
                config.ffn().structure() instanceof FfnStructure.Dense
                    ? Stream.of(config)
                    : Stream.of(config, config.guided()))
        .map(config -> config.withContext(3 + GENERATED));
  }

  @ParameterizedTest
  @MethodSource("models")
  void lossAndGradientAreThoseOfTorch(ModelConfig config) {
    TokenBatch batch = TestModels.randomBatch(config, 4, 1);
    try (Replica torch = torch(config);
        Replica dl4j = dl4j(config)) {
      float[] values = random(torch.table().length());
      double[] losses = new double[2];
      float[][] gradients = new float[2][];
      List<Replica> replicas = List.of(torch, dl4j);
      for (int i = 0; i < 2; i++) {
        Replica replica = replicas.get(i);
        replica.parameters().write(0, FloatBuffer.wrap(values));
        replica.guide(new double[] {0.3, 0.8});
        losses[i] = replica.accumulate(batch, 1.0 / batch.tokens());
        gradients[i] = floats(replica.gradient());
      }
      assertThat(losses[1]).isCloseTo(losses[0], within(1e-5 * losses[0]));
      for (Parameter parameter : torch.table().parameters()) {
        assertThat(distance(parameter, gradients[0], gradients[1]))
            .as(parameter.name())
            .isLessThan(1e-4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void trainingAndGreedyTextsAreThoseOfTorch(ModelConfig config) {
    TokenBatch batch = counting(config);
    try (Replica torch = torch(config);
        Replica dl4j = dl4j(config)) {
      torch.initialize(5);
      dl4j.parameters().write(0, FloatBuffer.wrap(floats(torch.parameters())));
      double loss = train(torch, batch);
      assertThat(train(dl4j, batch)).isCloseTo(loss, within(1e-4 * loss));
      for (FactorMerge merge : FactorMerge.values()) {
        assertThat(texts(dl4j, merge)).isDeepEqualTo(texts(torch, merge));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void initialValuesAreThoseOfTorch(ModelConfig config) {
    try (Replica torch = torch(config);
        Replica dl4j = dl4j(config)) {
      torch.initialize(7);
      dl4j.initialize(7);
      float[] expected = floats(torch.parameters());
      float[] actual = floats(dl4j.parameters());
      for (Parameter parameter : torch.table().parameters()) {
        switch (parameter.init()) {
          case ZEROS, ONES, NORMAL ->
              assertThat(values(parameter, actual))
                  .as(parameter.name())
                  .isEqualTo(values(parameter, expected));
          case GUIDE, ORTHOGONAL ->
              assertThat(distance(parameter, expected, actual))
                  .as(parameter.name())
                  .isLessThan(1e-5);
          // Singular vectors are unique but for their signs, their products altogether.
          case SVD_LEFT -> assertSameProduct(torch, expected, actual, parameter);
          case SVD_RIGHT -> {}
        }
      }
    }
  }

  private static void assertSameProduct(
      Replica replica, float[] expected, float[] actual, Parameter left) {
    String name = left.name().replace(".u.weight", "");
    double[][] product = ExplicitMatrix.of(replica.table(), wide(expected), name);
    double[][] other = ExplicitMatrix.of(replica.table(), wide(actual), name);
    for (int row = 0; row < product.length; row++) {
      assertThat(other[row]).as(name).containsExactly(product[row], within(1e-7));
    }
  }

  /** Mean loss of the batch after the steps. */
  private static double train(Replica replica, TokenBatch batch) {
    replica.guide(new double[] {0.3, 0.8});
    for (int step = 1; step <= STEPS; step++) {
      replica.clearGradient();
      replica.accumulate(batch, 1.0 / batch.tokens());
      replica.update(2e-2, step, Math.min(1, 1 / replica.gradientNorm()));
    }
    return replica.loss(batch) / batch.tokens();
  }

  /** The most probable texts after prompts of different lengths. */
  private static int[][] texts(Replica replica, FactorMerge merge) {
    int[][] texts = new int[2][GENERATED];
    try (DecodingSession decoding = replica.decoding(2, 3 + GENERATED, merge)) {
      float[][] scores = decoding.begin(List.of(new int[] {1, 2, 3}, new int[] {9}));
      for (int token = 0; token < GENERATED; token++) {
        int[] chosen = {argmax(scores[0]), argmax(scores[1])};
        texts[0][token] = chosen[0];
        texts[1][token] = chosen[1];
        scores = decoding.next(chosen);
      }
    }
    return texts;
  }

  private static int argmax(float[] scores) {
    int best = 0;
    for (int id = 1; id < scores.length; id++) {
      best = scores[id] > scores[best] ? id : best;
    }
    return best;
  }

  /** Each id follows the one below it, which is quickly learned. */
  private static TokenBatch counting(ModelConfig config) {
    TokenBatch batch = new TokenBatch(4, config.context());
    for (int sequence = 0; sequence < batch.sequences(); sequence++) {
      for (int i = 0; i <= batch.context(); i++) {
        batch.ids()[batch.offset(sequence) + i] = (5 * sequence + i) % config.vocabulary();
      }
    }
    return batch;
  }

  private static Replica torch(ModelConfig config) {
    return new TorchEngine().replica(config, Device.cpu(1), Precision.FP32, AdamW.PAPER);
  }

  private static Replica dl4j(ModelConfig config) {
    return new Dl4jEngine().replica(config, Device.cpu(1), Precision.FP32, AdamW.PAPER);
  }

  private static float[] random(long length) {
    Random random = new Random(3);
    float[] values = new float[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Euclidean distance of a tensor from the expected one, relative to the norm of that. */
  private static double distance(Parameter parameter, float[] expected, float[] actual) {
    double difference = 0;
    double square = 0;
    for (int i = (int) parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      square += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / square);
  }

  private static List<Float> values(Parameter parameter, float[] all) {
    List<Float> values = new ArrayList<>();
    for (int i = (int) parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
      values.add(all[i]);
    }
    return values;
  }

  private static float[] floats(FlatVector vector) {
    float[] values = new float[Math.toIntExact(vector.length())];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
