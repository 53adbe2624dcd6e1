package dev.larkspur.curate;

import dev.larkspur.curate.Sketching.Copy;
import dev.larkspur.storage.SplitMix64;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The connected components of a graph by alternating large-star and small-star (Kiveris et al.
 * 2014, "Connected Components in MapReduce and Beyond"): after O(log² n) rounds every node points
 * to the smallest node of its component. Neighbours of a node arrive sorted, so that a task holds
 * only two of them at a time.
 */
final class ConnectedComponents {
  private static final byte[] NOTHING = {};

  private ConnectedComponents() {}

  /**
   * Converts edges in any direction to (node, smallest node of its component), for every node
   * except the smallest ones.
   */
  static JavaPairRDD<Copy, Copy> of(JavaPairRDD<Copy, Copy> edges, int partitions) {
    JavaRDD<byte[]> stars = edges.map(edge -> edge(edge._1().bytes(), edge._2().bytes()));
    Tuple2<Long, Long> before = new Tuple2<>(-1L, 0L);
    while (true) {
      JavaRDD<byte[]> round = smallStar(largeStar(stars, partitions), partitions);
      round.persist(StorageLevel.MEMORY_AND_DISK());
      Tuple2<Long, Long> after =
          round.aggregate(
              new Tuple2<>(0L, 0L),
              (sum, edge) -> new Tuple2<>(sum._1() + 1, sum._2() + hash(edge)),
              (a, b) -> new Tuple2<>(a._1() + b._1(), a._2() + b._2()));
      stars.unpersist();
      stars = round;
      if (after.equals(before)) {
        return stars.mapToPair(edge -> new Tuple2<>(Copy.of(edge, 0), Copy.of(edge, Copy.BYTES)));
      }
      before = after;
    }
  }

  static byte[] edge(byte[] from, byte[] to) {
    return ByteBuffer.allocate(2 * Copy.BYTES).put(from).put(to).array();
  }

  private static byte[] reversed(byte[] edge) {
    return ByteBuffer.allocate(2 * Copy.BYTES)
        .put(edge, Copy.BYTES, Copy.BYTES)
        .put(edge, 0, Copy.BYTES)
        .array();
  }

  private static long hash(byte[] edge) {
    long hash = 0;
    ByteBuffer words = ByteBuffer.wrap(edge);
    while (words.hasRemaining()) {
      hash = SplitMix64.first(hash + words.getLong());
    }
    return hash;
  }

  /** Connects the larger neighbours of each node to its smallest neighbour, or to itself. */
  private static JavaRDD<byte[]> largeStar(JavaRDD<byte[]> edges, int partitions) {
    return stars(
        edges.flatMap(edge -> List.of(edge, reversed(edge)).iterator()),
        Stars.Kind.LARGE,
        partitions);
  }

  /** Connects each node and its smaller neighbours to the smallest of these. */
  private static JavaRDD<byte[]> smallStar(JavaRDD<byte[]> edges, int partitions) {
    return stars(
        edges.map(edge -> Stars.compare(edge) > 0 ? edge : reversed(edge)),
        Stars.Kind.SMALL,
        partitions);
  }

  private static JavaRDD<byte[]> stars(JavaRDD<byte[]> edges, Stars.Kind kind, int partitions) {
    return SortedShuffle.sort(
            edges.map(edge -> new Tuple2<>(edge, NOTHING)), Copy.BYTES, partitions)
        .mapPartitions(sorted -> new Stars(sorted, kind));
  }

  /**
   * Iterates over sorted edges (node, neighbour) and returns the edges of each star: the first
   * neighbour of a node is its smallest. Duplicate edges count once.
   */
  static final class Stars implements Iterator<byte[]> {
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
}
