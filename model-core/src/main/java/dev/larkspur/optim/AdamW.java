package dev.larkspur.optim;

import java.io.Serializable;

/**
 * Settings of AdamW (Loshchilov and Hutter, arXiv 1711.05101), applied to every parameter alike.
 *
 * @param beta1 decay of the first moment; 0.9 in the paper
 * @param beta2 decay of the second moment; 0.999 in the paper
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay; 0.1 in the paper, biases and norms included
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Serializable {
  public static final double EPSILON = 1e-8;
}
