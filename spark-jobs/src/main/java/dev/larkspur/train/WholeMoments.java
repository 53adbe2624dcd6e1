package dev.larkspur.train;

import dev.larkspur.collective.Collective;
import dev.larkspur.engine.FlatVector;
import dev.larkspur.engine.Replica;

/**
 * The optimiser's moments in one piece. Where each worker holds a part, all of them must ask, in
 * the same order; the parts come together in the gradient, which is not needed between two steps.
 */
final class WholeMoments {
  private final Replica replica;
  private final Collective peers;

  WholeMoments(Replica replica, Collective peers) {
    this.replica = replica;
    this.peers = peers;
  }

  /** Valid until the next call. */
  FlatVector first() {
    return whole(replica.firstMoment());
  }

  /** Valid until the next call. */
  FlatVector second() {
    return whole(replica.secondMoment());
  }

  private FlatVector whole(FlatVector part) {
    if (part.length() == replica.table().length()) {
      return part;
    }
    FlatVector gradient = replica.gradient();
    replica.shard().in(gradient).copy(part);
    peers.allGather(gradient);
    return gradient;
  }
}
