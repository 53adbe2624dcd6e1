package dev.larkspur.engine.contract;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.Replica;
import java.util.Arrays;
import java.util.List;

/** Scores of next tokens, from a pass that reads everything anew. */
final class Logits {
  private Logits() {}

  /**
   * Scores of every token as the next one.
   *
   * @param prefix token ids
   * @return [vocabulary]
   */
  static float[] next(Replica replica, int... prefix) {
    try (DecodingSession decoding = replica.decoding(1, prefix.length)) {
      return decoding.begin(List.of(prefix))[0];
    }
  }

  /** Summed negative log-likelihood of all but the first of some ids. */
  static double loss(Replica replica, int... ids) {
    double loss = 0;
    for (int length = 1; length < ids.length; length++) {
      float[] logits = next(replica, Arrays.copyOf(ids, length));
      double total = 0;
      for (float logit : logits) {
        total += Math.exp(logit);
      }
      loss += Math.log(total) - logits[ids[length]];
    }
    return loss;
  }
}
