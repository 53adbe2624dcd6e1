package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.prepare.DocumentRecords.PieceKey;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.ShuffleKey.MixKey;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import scala.Tuple2;

/** The cuts of all sources of a mixture; none if documents are not mixed. */
final class Cuts implements Serializable {
  static final Cuts NONE = new Cuts(new Cut[Split.values().length][0]);
  private static final long serialVersionUID = 1L;

  private final Cut[][] cuts; // [split][source]

  Cuts(Cut[][] cuts) {
    this.cuts = cuts;
  }

  /** Takes all documents of all sources once. */
  static Cuts once(int sources) {
    Cut[][] cuts = new Cut[Split.values().length][sources];
    for (Cut[] ofSplit : cuts) {
      Arrays.fill(ofSplit, Cut.all(1));
    }
    return new Cuts(cuts);
  }

  /** The documents of a bucket that are taken. */
  Taken taken(Split split, Iterator<Tuple2<byte[], byte[]>> records) {
    return new Taken(cuts[split.code()], records);
  }

  /** Iterates over the values of records in their order, and counts them by source. */
  static final class Taken implements Iterator<byte[]> {
    private final Cut[] cuts;
    private final Iterator<Tuple2<byte[], byte[]>> records;
    private final long[] documents;
    private final long[] bytes;
    private byte[] last = {};
    private long equal;
    private boolean taking;
    private long allDocuments;
    private byte[] next;

    Taken(Cut[] cuts, Iterator<Tuple2<byte[], byte[]>> records) {
      this.cuts = cuts;
      this.records = records;
      this.documents = new long[cuts.length];
      this.bytes = new long[cuts.length];
    }

    @Override
    public boolean hasNext() {
      while (next == null && records.hasNext()) {
        Tuple2<byte[], byte[]> record = records.next();
        byte[] key = record._1();
        boolean first = PieceKey.isFirst(key, cuts.length == 0 ? ShuffleKey.BYTES : MixKey.BYTES);
        if (first) {
          taking = cuts.length == 0 || takes(key);
        }
        if (taking) {
          allDocuments += first ? 1 : 0;
          next = record._2();
          count(key, first);
        }
      }
      return next != null;
    }

    private boolean takes(byte[] key) {
      equal = MixKey.same(key, last) ? equal + 1 : 0;
      last = key;
      return cuts[MixKey.source(key)].takes(MixKey.epoch(key), MixKey.draw(key), equal);
    }

    private void count(byte[] key, boolean first) {
      if (cuts.length > 0) {
        documents[MixKey.source(key)] += first ? 1 : 0;
        bytes[MixKey.source(key)] += next.length;
      }
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] value = next;
      next = null;
      return value;
    }

    /** Documents taken, of all sources. */
    long documents() {
      return allDocuments;
    }

    /** Documents and tokens taken of each source. */
    List<BucketTotals.Taken> totals(int bytesPerToken) {
      return IntStream.range(0, cuts.length)
          .mapToObj(
              source -> new BucketTotals.Taken(documents[source], bytes[source] / bytesPerToken))
          .toList();
    }
  }

  /**
   * Selects the documents of a source for a split: all of them {@code epochs} times, and once more
   * those whose unsigned draw is below a limit, and some of those at the limit.
   *
   * @param epochs complete passes
   * @param limit of the draws in the last, incomplete pass
   * @param atLimit number of documents taken whose draw equals the limit; they have the same text
   */
  record Cut(int epochs, long limit, long atLimit) implements Serializable {
    /** Takes all documents {@code epochs} times. */
    static Cut all(int epochs) {
      return new Cut(epochs, 0, 0);
    }

    /**
     * Whether a document is taken.
     *
     * @param equal number of documents before it with the same text, source and epoch
     */
    boolean takes(int epoch, long draw, long equal) {
      if (epoch != epochs) {
        return epoch < epochs;
      }
      int order = Long.compareUnsigned(draw, limit);
      return order < 0 || (order == 0 && equal < atLimit);
    }
  }
}
