package dev.larkspur.train.worker;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;


/** The loss on a range of validation blocks. */
public final class ValidationLoss {
  private ValidationLoss() {}

  /**
   * Summed negative log-likelihood of blocks [from, to), in nats.
   *
   * @param microBatch blocks of one pass
   */
  public static double sum(
      Replica replica, TokenStream tokens, long from, long to, int microBatch) {
    double sum = 0;
    for (long at = from; at < to; at += microBatch) {
      TokenBatch batch = tokens.batch((int) Math.min(microBatch, to - at));
      tokens.validation(at, batch);
      sum += replica.loss(batch);
    }
    return sum;
  }
}
