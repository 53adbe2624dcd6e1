package dev.larkspur.collective;

import java.util.Arrays;
import java.util.List;

/**
 * Other members of the group have left, are frozen or cannot be reached. Seldom the cause of a
 * failure: that is what made them leave.
 */
public final class PeerLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int[] ranks;

  /**
   * A loss.
   *
   * @param ranks of those that are missing; empty if unknown
   */
  public PeerLostException(String message, List<Integer> ranks, Throwable cause) {
    super(message, cause);
    this.ranks = ranks.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Numbers of the workers that are missing, ascending; empty if unknown. */
  public List<Integer> ranks() {
    return Arrays.stream(ranks).boxed().toList();
  }
}
