package dev.larkspur.curate;

import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.Sketching.Copy;
import dev.larkspur.document.Document.DocumentPlace;
import dev.larkspur.document.DocumentPartition;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.Tuple3;

/**
 * Finds the documents to drop because another one with the same or nearly the same text is kept.
 * Texts are read once and not shuffled: the shuffle has 36 bytes per document for its content, and
 * as many for each band. The search covers the documents of one run: a duplicate of a document in
 * an earlier part of the corpus is kept.
 */
final class DuplicateSearch {
  private static final int BAND_KEY_BYTES = 1 + Long.BYTES;
  private static final byte[] NOTHING = {};

  private final Curation curation;
  private final Broadcast<Curation> shared;
  private final Broadcast<SerializableConfiguration> conf;

  DuplicateSearch(
      Curation curation, Broadcast<Curation> shared, Broadcast<SerializableConfiguration> conf) {
    this.curation = curation;
    this.shared = shared;
    this.conf = conf;
  }

  /** The documents to drop. */
  JavaRDD<Duplicate> find(JavaRDD<DocumentPartition> parts) {
    int partitions = Math.max(parts.getNumPartitions(), parts.context().defaultParallelism());
    Optional<NearDuplicates> near = curation.nearDuplicates();
    JavaRDD<Tuple2<byte[], byte[]>> sketches =
        parts.mapPartitionsWithIndex(new Sketching(shared, conf, near.orElse(null)), false);
    JavaRDD<Duplicate> duplicates = null;
    if (curation.findsExactDuplicates()) {
      JavaRDD<Tuple2<byte[], byte[]>> sorted =
          SortedShuffle.sort(sketches, Copy.CONTENT_BYTES, partitions);
      duplicates =
          sorted
              .mapPartitions(copies -> new Runs(copies, Copy.CONTENT_BYTES, Runs.Take.REST))
              .map(copy -> duplicate(Copy.ofContent(copy._1()), new ExactDuplicates().name()));
      sketches =
          sorted
              .mapPartitions(copies -> new Runs(copies, Copy.CONTENT_BYTES, Runs.Take.FIRST))
              .map(copy -> new Tuple2<>(copy._1(), copy._2()));
    }
    if (near.isPresent()) {
      String reason = near.get().name();
      JavaRDD<Duplicate> close =
          ConnectedComponents.of(edges(sketches, partitions), partitions)
              .map(edge -> duplicate(edge._1(), reason));
      duplicates = duplicates == null ? close : duplicates.union(close);
    }
    return duplicates;
  }

  private static Duplicate duplicate(Copy copy, String reason) {
    return new Duplicate(copy.part(), copy.place(), reason);
  }

  /** Edges from every document to the first one that shares a band with it. */
  private static JavaPairRDD<Copy, Copy> edges(
      JavaRDD<Tuple2<byte[], byte[]>> sketches, int partitions) {
    JavaRDD<Tuple2<byte[], byte[]>> bands =
        sketches.flatMap(
            sketch -> {
              List<Tuple2<byte[], byte[]>> keys = new ArrayList<>();
              ByteBuffer hashes = ByteBuffer.wrap(sketch._2());
              byte[] copy = Copy.ofContent(sketch._1()).bytes();
              while (hashes.hasRemaining()) {
                byte band = (byte) keys.size();
                keys.add(
                    new Tuple2<>(
                        ByteBuffer.allocate(BAND_KEY_BYTES + Copy.BYTES)
                            .put(band)
                            .putLong(hashes.getLong())
                            .put(copy)
                            .array(),
                        NOTHING));
              }
              return keys.iterator();
            });
    return SortedShuffle.sort(bands, BAND_KEY_BYTES, partitions)
        .mapPartitions(copies -> new Runs(copies, BAND_KEY_BYTES, Runs.Take.REST))
        .mapToPair(
            copy ->
                new Tuple2<>(
                    Copy.of(copy._1(), BAND_KEY_BYTES), Copy.of(copy._3(), BAND_KEY_BYTES)));
  }

  /**
   * A document to drop because another one is kept.
   *
   * @param part index of its partition
   * @param place where it was read
   * @param reason name of the rule
   */
  record Duplicate(int part, DocumentPlace place, String reason)
      implements Comparable<Duplicate>, Serializable {
    private static final Comparator<Duplicate> ORDER =
        Comparator.comparingInt(Duplicate::part).thenComparing(Duplicate::place);

    @Override
    public int compareTo(Duplicate other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Iterates over sorted keys, in which keys with the same prefix form a run, and returns either
   * the first of each run or all others, as (key, value, first key of the run). Holds only one key
   * of a run, however long it is.
   */
  private static final class Runs implements Iterator<Tuple3<byte[], byte[], byte[]>> {
    /** Which entries of a run are returned. */
    enum Take {
      FIRST,
      REST
    }

    private final Iterator<Tuple2<byte[], byte[]>> sorted;
    private final int prefix;
    private final Take take;
    private byte[] first;
    private Tuple3<byte[], byte[], byte[]> next;

    /**
     * @param prefix number of bytes that the keys of a run share
     */
    Runs(Iterator<Tuple2<byte[], byte[]>> sorted, int prefix, Take take) {
      this.sorted = sorted;
      this.prefix = prefix;
      this.take = take;
    }

    @Override
    public boolean hasNext() {
      while (next == null && sorted.hasNext()) {
        Tuple2<byte[], byte[]> pair = sorted.next();
        boolean starts = first == null || !Arrays.equals(first, 0, prefix, pair._1(), 0, prefix);
        if (starts) {
          first = pair._1();
        }
        if (starts == (take == Take.FIRST)) {
          next = new Tuple3<>(pair._1(), pair._2(), first);
        }
      }
      return next != null;
    }

    @Override
    public Tuple3<byte[], byte[], byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Tuple3<byte[], byte[], byte[]> entry = next;
      next = null;
      return entry;
    }
  }
}
