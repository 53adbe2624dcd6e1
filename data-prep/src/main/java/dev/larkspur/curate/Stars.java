package dev.larkspur.curate;

import dev.larkspur.curate.Sketching.Copy;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/**
 * Iterates over sorted edges (node, neighbour) and returns the edges of each star: the first
 * neighbour of a node is its smallest. Duplicate edges count once.
 */
final class Stars implements Iterator<byte[]> {
  /** The nodes that are connected to the smallest. */
  enum Kind {
    /** The larger neighbours; the smallest may be the node itself. */
    LARGE,
    /** The node, and its other neighbours, which are all smaller. */
    SMALL
  }

  private final Iterator<Tuple2<byte[], byte[]>> sorted;
  private final Kind kind;
  private byte[] last;
  private byte[] smallest;
  private byte[] next;

  Stars(Iterator<Tuple2<byte[], byte[]>> sorted, Kind kind) {
    this.sorted = sorted;
    this.kind = kind;
  }

  /** The order of node and neighbour. */
  static int compare(byte[] edge) {
    return Arrays.compareUnsigned(edge, 0, Copy.BYTES, edge, Copy.BYTES, 2 * Copy.BYTES);
  }

  @Override
  public boolean hasNext() {
    while (next == null && sorted.hasNext()) {
      byte[] edge = sorted.next()._1();
      if (!Arrays.equals(edge, last)) {
        boolean starts = last == null || !Arrays.equals(edge, 0, Copy.BYTES, last, 0, Copy.BYTES);
        next = kind == Kind.LARGE ? large(edge, starts) : small(edge, starts);
        last = edge;
      }
    }
    return next != null;
  }

  private byte[] large(byte[] edge, boolean starts) {
    if (starts) {
      smallest = compare(edge) < 0 ? node(edge) : neighbour(edge);
    }
    return compare(edge) < 0 ? ConnectedComponents.edge(neighbour(edge), smallest) : null;
  }

  private byte[] small(byte[] edge, boolean starts) {
    if (starts) {
      smallest = neighbour(edge);
    }
    return ConnectedComponents.edge(starts ? node(edge) : neighbour(edge), smallest);
  }

  private static byte[] node(byte[] edge) {
    return Arrays.copyOf(edge, Copy.BYTES);
  }

  private static byte[] neighbour(byte[] edge) {
    return Arrays.copyOfRange(edge, Copy.BYTES, 2 * Copy.BYTES);
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    byte[] edge = next;
    next = null;
    return edge;
  }
}
