package dev.larkspur.optim;

import java.util.List;

/**
 * Settings of AdamW (Loshchilov and Hutter, arXiv 1711.05101), applied to all parameters.
 *
 * @param beta1 decay of the first moment; 0.9 in the paper
 * @param beta2 decay of the second moment; 0.999 in the paper
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay; 0.1 in the paper, biases and norms included
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  public static final double EPSILON = 1e-8;

  /** The paper's settings. */
  public static final AdamW PAPER = new AdamW(0.9, 0.999, EPSILON, 0.1);

  /** Running mean of gradients. */
  public static final String FIRST_MOMENT = "adamw-first-moment";

  /** Running mean of squared gradients. */
  public static final String SECOND_MOMENT = "adamw-second-moment";

  @Override
  public List<String> stateNames() {
    return List.of(FIRST_MOMENT, SECOND_MOMENT);
  }
}
