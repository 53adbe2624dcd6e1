package dev.larkspur.collective;

import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /**
     * Opens the first free port of the range.
     *
     * @param host name or address on which it is opened
     * @throws IOException with a message for users: the host is none of this machine, or no port is
     *     free
     */
    public <T> T openFirstFree(String host, PortOpener<T> opener) throws IOException {
      InetAddress address;
      try {
        address = InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        throw new IOException(
            "worker 0 cannot resolve its own name, %s: set training.network-interface to the interface under which the other workers reach this host"
                .formatted(host),
            e);
      }
      IOException refusal = null;
      for (int port = first; port <= last; port++) {
        try {
          return opener.open(address, port);
        } catch (IOException e) {
          refusal = e;
        }
      }
      String remedy = "set training.network-interface to an interface of this host";
      throw new IOException(
          "worker 0 cannot open a port on %s for its peers (%s): %s"
              .formatted(
                  host,
                  refusal.getMessage(),
                  equals(ANY)
                      ? remedy
                      : "free one of training.rendezvous-ports = %s or name more of them, or %s"
                          .formatted(this, remedy)),
          refusal);
    }

    /** Opens a port, or fails if it is taken or not allowed. */
    @FunctionalInterface
    public interface PortOpener<T> {
      T open(InetAddress address, int port) throws IOException;
    }

    @Override
    public String toString() {
      return first == last ? String.valueOf(first) : first + "-" + last;
    }
  }
}
