package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenWidth;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/** The draws of the documents of one bucket that lie in the ranges where sources are cut. */
final class DrawTask
    implements Function2<Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<Draw>> {
  private static final long serialVersionUID = 1L;

  private final KeyPartitioner partitioner;
  private final TokenWidth width;
  private final int[][] ranges; // [split][source]; -1: not cut

  DrawTask(KeyPartitioner partitioner, TokenWidth width, int[][] ranges) {
    this.partitioner = partitioner;
    this.width = width;
    this.ranges = ranges;
  }

  @Override
  public Iterator<Draw> call(Integer partition, Iterator<Tuple2<byte[], byte[]>> records) {
    if (partition == partitioner.statistics()) {
      return Collections.emptyIterator();
    }
    Split split = partitioner.split(partition);
    List<Draw> draws = new ArrayList<>();
    byte[] last = {};
    boolean inRange = false;
    while (records.hasNext()) {
      Tuple2<byte[], byte[]> record = records.next();
      byte[] key = record._1();
      long tokens = record._2().length / width.bytes();
      if (PieceKey.begins(key, MixKey.BYTES)) {
        long draw = MixKey.draw(key);
        int source = MixKey.source(key);
        inRange = MixKey.epoch(key) == 0 && ranges[split.code()][source] == DrawTotals.range(draw);
        if (inRange) {
          long equal = MixKey.same(key, last) ? draws.remove(draws.size() - 1).documents() : 0;
          draws.add(new Draw(split, source, draw, tokens, equal + 1));
          last = key;
        }
      } else if (inRange) {
        Draw begun = draws.remove(draws.size() - 1);
        draws.add(begun.plus(tokens));
      }
    }
    return draws.iterator();
  }
}
