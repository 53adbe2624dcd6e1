package dev.larkspur.collective.socket;

import dev.larkspur.collective.socket.Operation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** Collectives on arrays: every rank sends its whole array to all others. */
final class ArrayExchange {
  private final PeerLinks links;
  private final int rank;
  private final int worldSize;

  ArrayExchange(PeerLinks links) {
    this.links = links;
    this.rank = links.rank();
    this.worldSize = links.worldSize();
  }

  /** Replaces numbers with their sums over all ranks, added in the order of the ranks. */
  void sum(double[] numbers) throws IOException {
    int most = links.window().bytes() / Double.BYTES;
    int offset = 0;
    // An empty array also takes one round, which is a barrier.
    do {
      sum(numbers, offset, Math.min(most, numbers.length - offset));
      offset += most;
    } while (offset < numbers.length);
  }

  private void sum(double[] numbers, int offset, int count) throws IOException {
    for (int peer = 0; peer < worldSize; peer++) {
      if (peer != rank) {
        links.toSend(peer).asDoubleBuffer().put(numbers, offset, count);
        advance(links.toSend(peer), count * Double.BYTES);
        links.expect(peer, count * Double.BYTES);
      }
    }
    Operation operation = new Operation(Kind.SUM_OF_NUMBERS, numbers.length);
    links.post(operation);
    links.complete(operation);
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int peer = 0; peer < worldSize; peer++) {
        sum += peer == rank ? numbers[offset + i] : links.received(peer).getDouble();
      }
      numbers[offset + i] = sum;
    }
  }

  /** All ranks' values, [worldSize][]. */
  int[][] gather(int[] values) throws IOException {
    int[][] all = new int[worldSize][1];
    all[rank][0] = values.length;
    gather(all, Kind.GATHER_OF_LENGTHS);
    for (int peer = 0; peer < worldSize; peer++) {
      all[peer] = peer == rank ? values : new int[all[peer][0]];
    }
    gather(all, Kind.GATHER_OF_INTEGERS);
    return all;
  }

  /** Fills the arrays of the other ranks, which must have the right lengths. */
  private void gather(int[][] all, Kind kind) throws IOException {
    int most = links.window().bytes() / Integer.BYTES;
    int longest = IntStream.range(0, worldSize).map(peer -> all[peer].length).max().orElseThrow();
    for (int offset = 0; offset < longest; offset += most) {
      int own = count(all[rank], offset, most);
      for (int peer = 0; peer < worldSize; peer++) {
        if (peer != rank) {
          if (own > 0) {
            links.toSend(peer).asIntBuffer().put(all[rank], offset, own);
            advance(links.toSend(peer), own * Integer.BYTES);
          }
          links.expect(peer, count(all[peer], offset, most) * Integer.BYTES);
        }
      }
      Operation operation = new Operation(kind, longest);
      links.post(operation);
      links.complete(operation);
      for (int peer = 0; peer < worldSize; peer++) {
        int count = count(all[peer], offset, most);
        if (peer != rank && count > 0) {
          links.received(peer).asIntBuffer().get(all[peer], offset, count);
        }
      }
    }
  }

  private static int count(int[] values, int offset, int most) {
    return Math.max(0, Math.min(most, values.length - offset));
  }

  private static void advance(ByteBuffer message, int bytes) {
    message.position(message.position() + bytes);
  }
}
