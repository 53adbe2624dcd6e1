package dev.larkspur.collective;

import java.io.Serializable;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How the workers of a group find each other: rank 0 opens a key-value store and announces its
 * address.
 *
 * @param rank of this worker
 * @param worldSize number of workers
 * @param host name or address under which this worker's peers reach it
 * @param ports that rank 0 may open the store on
 * @param announceStore called once by every rank: on rank 0 with the address of the store, in a
 *     form that the transport defines, on other ranks with an empty string; returns the address of
 *     rank 0
 * @param timeout time to wait for a peer, here and in each collective
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
   * @param first port; 0 for any free port
   * @param last port, inclusive
   */
  public record PortRange(int first, int last) implements Serializable {
    /** The highest port number. */
    public static final int HIGHEST = 65_535;

    /** Any free port. */
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
