package dev.larkspur.curate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;
import scala.Tuple3;

/**
 * Walks through sorted keys, of which those with the same beginning are a run, and gives either the
 * first of each run or all the others, as (key, value, first key of the run). Holds one key of the
 * run only, however long it is.
 */
final class Runs implements Iterator<Tuple3<byte[], byte[], byte[]>> {
  /** Which entries of a run are given. */
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
   * @param prefix bytes that the keys of a run share
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
