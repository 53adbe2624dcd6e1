package dev.larkspur.engine;

import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.AdamW;

/**
 * A model on one device: parameters, gradient and the optimiser's moments as flat vectors of the
 * same layout, and the step that trains them. Used by one thread.
 */
public interface Replica extends AutoCloseable {

  /** The layout of all flat vectors. */
  ParameterTable table();

  FlatVector parameters();

  FlatVector gradient();

  /** AdamW's running mean of gradients. */
  FlatVector firstMoment();

  /** AdamW's running mean of squared gradients. */
  FlatVector secondMoment();

  /** Draws the initial parameters from a seed (paper, appendix A). */
  void initialize(long seed);

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
  double accumulate(TokenBatch batch, double weight);

  /** Summed negative log-likelihood of the batch's labels, in nats, without a gradient. */
  double loss(TokenBatch batch);

  /** Euclidean norm of the whole gradient. */
  double gradientNorm();

  /**
   * One AdamW update of all parameters by the gradient.
   *
   * @param step number of this update, from 1: corrects the moments' bias
   * @param gradientScale factor on the gradient, for clipping; the gradient vector itself may be
   *     left scaled
   */
  void update(AdamW adamW, double learningRate, long step, double gradientScale);

  /**
   * Scores of every token as the next one.
   *
   * @param prefix token ids, at least one and at most the context
   * @return [vocabulary]
   */
  float[] nextTokenLogits(int[] prefix);

  @Override
  void close();
}
