package dev.larkspur.strategy.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.engine.dl4j.TokenIds;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundTrainer.RoundResult;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParallelWrapperTrainerTest {
  private static final Engine ENGINE = Engines.named("dl4j");
  private static final int SEQUENCES = 2;

  /** With a tied head, and with a separate output matrix. */
  static Stream<ModelConfig> models() {
    return Stream.of(TestModels.tiny(new FfnStructure.LowRank(5)), TestModels.other());
  }

  private static RoundPlan plan(ModelConfig model, long firstStep, int averagingSteps) {
    return new RoundPlan(
        model,
        new AdamW(0.9, 0.95, 1e-8, 0.1),
        LearningRateSchedule.cosine(1e-2, 0.1, 4, 40),
        0.5,
        firstStep,
        new RoundPlan.Replicas(2, SEQUENCES, 1),
        new RoundPlan.Exchange(averagingSteps, 1e-3));
  }

  private static Replica replica(ModelConfig model) {
    Replica replica =
        ENGINE.replica(model, Device.cpu(1), Precision.FP32, new AdamW(0.9, 0.95, 1e-8, 0.1));
    replica.initialize(7);
    return replica;
  }

  private static TokenBatch batch(ModelConfig model, long step, int replica) {
    return TestModels.randomBatch(model, SEQUENCES, 2 * (step % 5) + replica);
  }

  private static TokenSource tokens(ModelConfig model) {
    return replica ->
        new TokenSource.TokenReader() {
          @Override
          public TokenBatch read(long step) {
            return batch(model, step, replica);
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
  }

  private static float[] values(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }

  /** Clip, decay, schedule and bias correction, from the first step and from a later one. */
  @ParameterizedTest
  @MethodSource("models")
  void dl4jsUpdatesAreThoseOfTheEngine(ModelConfig model) {
    for (long first : new long[] {0, 30}) {
      RoundPlan plan = plan(model, first, 1);
      try (Replica exact = replica(model);
          GraphModel graph = GraphModel.of(plan, 1, WorkspaceMode.NONE, exact)) {
        for (long step = first; step < first + 3; step++) {
          TokenBatch batch = batch(model, step, 0);
          exact.clearGradient();
          exact.accumulate(batch, 1.0 / batch.tokens());
          double clip = Math.min(1, plan.gradientClip() / exact.gradientNorm());
          exact.update(plan.schedule().at(step), step + 1, clip);
          graph.graph().fit(TokenIds.dataSet(batch));
        }
        assertThat(values(graph.parameters()))
            .containsExactly(values(exact.parameters()), within(2e-6f));
        for (Map.Entry<String, FlatVector> state : graph.optimizerState().entrySet()) {
          assertThat(values(state.getValue()))
              .containsExactly(
                  values(exact.optimizerState().vector(state.getKey())), within(1e-6f));
        }
      }
    }
  }

  @Test
  void replicasLearnAndAreAveraged() throws Exception {
    ModelConfig model = TestModels.tiny(new FfnStructure.LowRank(5));
    try (Replica initial = replica(model);
        ParallelWrapperTrainer trainer =
            new ParallelWrapperTrainer(plan(model, 0, 4), tokens(model), initial)) {
      RoundResult first = trainer.train(0, 20);
      RoundResult second = trainer.train(20, 20);
      assertThat(second.loss()).isLessThan(first.loss() - 0.1);
      assertThat(first.distance()).isBetween(1e-4, 0.2);
      assertThat(trainer.progress()).isEqualTo(2 * 40);
      assertThat(trainer.parameters().isFinite()).isTrue();
    }
  }

  /** A round depends only on the parameters and moments before it, whichever trainer holds them. */
  @Test
  void aRoundContinuesFromASavedOne() throws Exception {
    ModelConfig model = TestModels.tiny(new FfnStructure.LowRank(5));
    float[] whole;
    float[] resumed;
    try (Replica saved = replica(model);
        ParallelWrapperTrainer trainer =
            new ParallelWrapperTrainer(plan(model, 0, 3), tokens(model), saved)) {
      trainer.train(0, 6);
      saved.parameters().copy(trainer.parameters());
      trainer
          .optimizerState()
          .forEach((name, from) -> saved.optimizerState().vector(name).copy(from));
      trainer.train(6, 6);
      whole = values(trainer.parameters());
      try (ParallelWrapperTrainer second =
          new ParallelWrapperTrainer(plan(model, 6, 3), tokens(model), saved)) {
        second.train(6, 6);
        resumed = values(second.parameters());
      }
    }
    assertThat(resumed).containsExactly(whole);
  }
}
