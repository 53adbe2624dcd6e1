package dev.larkspur.benchmark;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.ModelConfig;
import java.util.Arrays;
import java.util.Random;

/** Steps of one worker's training on random tokens: all that a step computes, and no more. */
public final class TrainingStep {
  private static final double LEARNING_RATE = 1e-4;

  private final Replica replica;
  private final TokenBatch batch;
  private final int passes;
  private long step;

  /**
   * @param replica whose parameters will be drawn and trained
   * @param sequences of one pass
   * @param passes of one step
   */
  public TrainingStep(Replica replica, ModelConfig model, int sequences, int passes) {
    this.replica = replica;
    this.batch = new TokenBatch(sequences, model.context());
    this.passes = passes;
    Random random = new Random(1);
    Arrays.setAll(batch.ids(), i -> random.nextInt(model.vocabulary()));
    replica.initialize(1);
  }

  /** Does one step; returns the tokens of it. */
  public long run() {
    replica.clearGradient();
    for (int pass = 0; pass < passes; pass++) {
      replica.accumulate(batch, 1.0 / (batch.tokens() * passes));
    }
    step++;
    replica.update(LEARNING_RATE, step, Math.min(1, 1 / replica.gradientNorm()));
    return batch.tokens() * passes;
  }
}
