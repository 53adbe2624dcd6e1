package dev.larkspur.engine;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/**
 * A model on one device: parameters, gradient and the optimiser's state as flat vectors of the same
 * layout, and the step that trains them. Used by one thread.
 */
public interface Replica extends AutoCloseable {

  /** The layout of all flat vectors. */
  ParameterTable table();

  /**
   * The parameters. Call this before each change, and complete the change before the next pass: an
   * engine may compute with a copy.
   */
  FlatVector parameters();

  FlatVector gradient();

  /**
   * The part of the parameters that this replica updates, and for which it has the optimiser's
   * state: all of them, or the worker's shard if the optimiser is sharded.
   */
  Shard shard();

  /** The optimiser's vectors, [{@code shard().length()}] each. */
  OptimizerState optimizerState();

  /** Draws the initial parameters from a seed (paper, appendix A). */
  void initialize(long seed);

  /**
   * Sets the weight α of the dense guide of each layer for the next passes: o = α·W x + (1−α)·U (V
   * x). Layers without a guide ignore it. Initially it is 0 for all layers.
   *
   * @param weights from 0 to 1, [layers]
   */
  void guide(double[] weights);

  /**
   * Sets the gradient to zero. A vector that {@link #gradient} returned before may show it only
   * after the next pass.
   */
  void clearGradient();

  /**
   * Runs one micro-batch forward and backward and adds {@code weight} times the gradient of its
   * summed loss.
   *
   * @param weight one over the tokens of the global batch, so that the sum over all micro-batches
   *     of all workers is a mean
   * @return summed negative log-likelihood of the batch's labels, in nats
   */
  default double accumulate(TokenBatch batch, double weight) {
    return accumulate(batch, weight, offset -> {});
  }

  /**
   * The same for the last micro-batch of a step, which reports completed parts of the gradient.
   *
   * @param progress called in the calling thread with decreasing offsets down to 0
   */
  double accumulate(TokenBatch batch, double weight, GradientProgress progress);

  /** Summed negative log-likelihood of the batch's labels, in nats, without a gradient. */
  double loss(TokenBatch batch);

  /** Euclidean norm of the gradient. */
  default double gradientNorm() {
    return gradientNorm(Shard.whole(table().length()));
  }

  /**
   * Euclidean norm of a part of the gradient; workers that each compute a part add up the squares.
   */
  double gradientNorm(Shard part);

  /**
   * Updates the parameters of {@link #shard} by one step of the optimiser.
   *
   * @param step number of this update, from 1, for optimisers with bias correction
   * @param gradientScale factor on the gradient, for clipping; the gradient vector itself may be
   *     left scaled
   */
  void update(double learningRate, long step, double gradientScale);

  /**
   * Sets what the next forward passes keep for their backward passes; initially all.
   *
   * @throws EngineException if the engine cannot do it
   */
  default void activationCheckpointing(ActivationCheckpointing checkpointing) {
    if (checkpointing != ActivationCheckpointing.NONE) {
      throw new EngineException(
          "this engine keeps all activations: set training.activation-checkpointing = none, or"
              + " training.engine = torch");
    }
  }

  /**
   * Sets the timer of the next steps; {@link StepTimer#NONE} ends the timing. An engine that does
   * not know its parts never calls the timer.
   */
  default void timer(StepTimer timer) {}

  /**
   * Allocates memory to decode several sequences, without merging the factors of structured
   * matrices.
   *
   * @param sequences most of them, at least 1
   * @param length most tokens of one, its prompt included; at least 1 and at most the context
   * @throws EngineException if the memory does not suffice
   */
  default DecodingSession decoding(int sequences, int length) {
    return decoding(sequences, length, FactorMerge.NEVER);
  }

  /**
   * Allocates memory to decode several sequences.
   *
   * @param sequences most of them, at least 1
   * @param length most tokens of one, its prompt included; at least 1 and at most the context
   * @param merge whether factors are merged; merged matrices need additional memory
   * @throws EngineException if the memory does not suffice
   */
  DecodingSession decoding(int sequences, int length, FactorMerge merge);

  @Override
  void close();
}
