package dev.larkspur.collective;

/** A sum over all workers that is under way. */
public interface PendingSum {

  /**
   * Returns when the vector holds the sum.
   *
   * @throws PeerLostException if a member is gone
   */
  void await();
}
