package dev.larkspur.collective;

import java.io.Serializable;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How the members of a group find each other. Rank 0 opens a key-value store and tells the others
 * its address.
 *
 * @param rank this worker's number
 * @param worldSize number of workers
 * @param host name or address under which this worker's peers reach it
 * @param ports where rank 0 may open the store
 * @param announceStore called once by every rank with the store's address on rank 0, in a form of
 *     the transport's own, and an empty string elsewhere; returns rank 0's
 * @param timeout how long to wait for a peer, here and in each collective
 */
public record Rendezvous(
    int rank,
    int worldSize,
    String host,
    PortRange ports,
    UnaryOperator<String> announceStore,
    Duration timeout) {

  /**
   * TCP ports to choose from.
   *
   * @param first of them; 0 for any that the system has free
   * @param last of them, included
   */
  public record PortRange(int first, int last) implements Serializable {
    /** The highest port there is. */
    public static final int HIGHEST = 65_535;

    /** Whichever the system has free. */
    public static final PortRange ANY = new PortRange(0, 0);

    /** Checks that the range is not empty. */
    public PortRange {
      if (first < 0 || first > last || last > HIGHEST) {
        throw new IllegalArgumentException("ports %d to %d".formatted(first, last));
      }
    }

    @Override
    public String toString() {
      return first == last ? String.valueOf(first) : first + "-" + last;
    }
  }
}
