package dev.larkspur.engine;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.function.LongConsumer;

/**
 * A model on one device: parameters, gradient and the optimiser's state as flat vectors of the same
 * layout, and the step that trains them. Used by one thread.
 */
public interface Replica extends AutoCloseable {

  /** The layout of all flat vectors. */
  ParameterTable table();

  FlatVector parameters();

  FlatVector gradient();

  /**
   * The part of the parameters that this replica updates, and whose optimiser state it holds: the
   * whole, or one worker's of an optimiser that is sharded.
   */
  Shard shard();

  /** The optimiser's vectors, [{@code shard().length()}] each. */
  OptimizerState optimizerState();

  /** Draws the initial parameters from a seed (paper, appendix A). */
  void initialize(long seed);

  /**
   * Sets how much the dense guide of each layer counts from the next pass on: α of o = α·W x +
   * (1−α)·U (V x). Layers without a guide take no notice; at first it is 0 everywhere.
   *
   * @param weights from 0 to 1, [layers]
   */
  void guide(double[] weights);

  /** Sets the gradient to zero. */
  void clearGradient();

  /**
   * Runs one micro-batch forward and backward and adds {@code weight} times the gradient of its
   * summed loss.
   *
   * @param weight one over the tokens of the global batch, so that all micro-batches of all workers
   *     add up to a mean
   * @return summed negative log-likelihood of the batch's labels, in nats
   */
  default double accumulate(TokenBatch batch, double weight) {
    return accumulate(batch, weight, offset -> {});
  }

  /**
   * The same for the last micro-batch of a step, telling what is complete on the way.
   *
   * @param completed called, by the calling thread, with falling offsets down to 0: the gradient's
   *     elements from there to the end are final
   */
  double accumulate(TokenBatch batch, double weight, LongConsumer completed);

  /** Summed negative log-likelihood of the batch's labels, in nats, without a gradient. */
  double loss(TokenBatch batch);

  /** Euclidean norm of the whole gradient. */
  default double gradientNorm() {
    return gradientNorm(Shard.whole(table().length()));
  }

  /** Euclidean norm of a part of the gradient: workers that share the work add up the squares. */
  double gradientNorm(Shard part);

  /**
   * One update of the parameters of {@link #shard} by the gradient, as the optimiser does it.
   *
   * @param step number of this update, from 1: some optimisers correct a bias by it
   * @param gradientScale factor on the gradient, for clipping; the gradient vector itself may be
   *     left scaled
   */
  void update(double learningRate, long step, double gradientScale);

  /**
   * Takes memory for continuing several sequences at once, with the factors of structured matrices
   * as they are.
   *
   * @param sequences most of them, at least 1
   * @param length most tokens of one, its prompt included; at least 1 and at most the context
   * @throws EngineException if the memory does not suffice
   */
  default DecodingSession decoding(int sequences, int length) {
    return decoding(sequences, length, FactorMerge.NEVER);
  }

  /**
   * Takes memory for continuing several sequences at once.
   *
   * @param sequences most of them, at least 1
   * @param length most tokens of one, its prompt included; at least 1 and at most the context
   * @param merge whether factors are multiplied back; products take memory beside them
   * @throws EngineException if the memory does not suffice
   */
  DecodingSession decoding(int sequences, int length, FactorMerge merge);

  @Override
  void close();
}
