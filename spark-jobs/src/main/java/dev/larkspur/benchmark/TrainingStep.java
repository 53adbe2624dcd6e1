package dev.larkspur.benchmark;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.ModelConfig;
import java.util.Arrays;
import java.util.Random;

/** Training steps of one worker on random tokens, without reading data, exchange or checkpoints. */
public final class TrainingStep {
  private static final double LEARNING_RATE = 1e-4;

  private final Replica replica;
  private final TokenBatch batch;
  private final int passes;
  private long step;

  /**
   * @param replica its parameters are initialized and trained
   * @param sequences of one pass
   * @param passes micro-batches of one step
   */
  public TrainingStep(Replica replica, ModelConfig model, int sequences, int passes) {
    this(replica, model.vocabulary(), new TokenBatch(sequences, model.context()), passes, 1);
  }

  /** Training steps that start from the replica's current parameters. */
  static TrainingStep ofCurrentParameters(
      Replica replica, ModelConfig model, int sequences, int passes) {
    return new TrainingStep(
        replica,
        randomTokens(new TokenBatch(sequences, model.context()), model.vocabulary(), 1),
        passes);
  }

  private TrainingStep(Replica replica, TokenBatch batch, int passes) {
    this.replica = replica;
    this.batch = batch;
    this.passes = passes;
  }

  /**
   * @param vocabulary of the model
   * @param batch buffer of one micro-batch, filled with random tokens
   * @param seed of the tokens
   */
  TrainingStep(Replica replica, int vocabulary, TokenBatch batch, int passes, long seed) {
    this(replica, randomTokens(batch, vocabulary, seed), passes);
    replica.initialize(1);
  }

  private static TokenBatch randomTokens(TokenBatch batch, int vocabulary, long seed) {
    Random random = new Random(seed);
    Arrays.setAll(batch.ids(), i -> random.nextInt(vocabulary));
    return batch;
  }

  /** Runs one step; returns its number of tokens. */
  public long run() {
    backward(offset -> {});
    update();
    return tokens();
  }

  /** Tokens of one step. */
  long tokens() {
    return batch.tokens() * passes;
  }

  /** Number of updates done. */
  long done() {
    return step;
  }

  /**
   * Computes the gradient of one step.
   *
   * @param progress as in {@link Replica#accumulate(TokenBatch, double, GradientProgress)}
   * @return summed negative log-likelihood of all tokens, in nats
   */
  double backward(GradientProgress progress) {
    replica.clearGradient();
    double loss = 0;
    for (int pass = 1; pass <= passes; pass++) {
      loss += replica.accumulate(batch, 1.0 / tokens(), pass == passes ? progress : offset -> {});
    }
    return loss;
  }

  /** Clips the gradient and updates the parameters. */
  void update() {
    step++;
    replica.update(LEARNING_RATE, step, Math.min(1, 1 / replica.gradientNorm()));
  }
}
