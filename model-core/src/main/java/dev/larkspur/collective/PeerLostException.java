package dev.larkspur.collective;

import java.util.Arrays;
import java.util.List;

/**
 * Other workers of the group have left, are frozen or cannot be reached. The root cause is usually
 * a failure of such a worker.
 */
public final class PeerLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int[] ranks;

  /**
   * A failure because of lost workers.
   *
   * @param ranks of the missing workers; empty if unknown
   */
  public PeerLostException(String message, List<Integer> ranks, Throwable cause) {
    super(message, cause);
    this.ranks = ranks.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Ranks of the missing workers, in ascending order; empty if unknown. */
  public List<Integer> ranks() {
    return Arrays.stream(ranks).boxed().toList();
  }
}
