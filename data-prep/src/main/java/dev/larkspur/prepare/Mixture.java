package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.prepare.Cuts.Cut;
import dev.larkspur.prepare.DocumentRecords.PieceKey;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.prepare.ReadingTotals.DrawTotals;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.prepare.ShuffleKey.MixKey;
import dev.larkspur.storage.BadInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/**
 * Determines how much of each source goes into a corpus, so that each source has its share of the
 * tokens of each split. The mixture is the largest that the scarcest source allows; other sources
 * are cut at a draw that is a function of seed and content. A source gets less than one document
 * below its share.
 */
final class Mixture {
  private final List<MixedSource> sources;
  private final DrawTotals totals;
  private final int[][] ranges; // [split][source]
  private final long[][] targets; // [split][source] tokens

  /**
   * Measures the sources.
   *
   * @throws BadInputException if a source has no documents to train on
   */
  Mixture(List<MixedSource> sources, DrawTotals totals) {
    this.sources = sources;
    this.totals = totals;
    int splits = Split.values().length;
    this.targets = new long[splits][sources.size()];
    this.ranges = new int[splits][sources.size()];
    requireDocuments();
    for (Split split : Split.values()) {
      double total = mixtureTokens(split);
      for (int i = 0; i < sources.size(); i++) {
        targets[split.code()][i] = Math.min(most(split, i), Math.round(share(sources, i) * total));
        ranges[split.code()][i] = range(split, i);
      }
    }
  }

  /** The requested fraction of tokens of a source. */
  static double share(List<MixedSource> sources, int source) {
    return sources.get(source).weight() / sources.stream().mapToDouble(MixedSource::weight).sum();
  }

  /**
   * Target number of tokens of a source in a split; the actual number is less than one document
   * below.
   */
  long target(Split split, int source) {
    return targets[split.code()][source];
  }

  private void requireDocuments() {
    for (int i = 0; i < sources.size(); i++) {
      if (totals.tokens(Split.TRAIN, i) == 0) {
        throw new BadInputException(
            "Source "
                + sources.get(i).name()
                + " has no documents to train on after curation, so no share of it can be reached:"
                + " add documents to it or remove the source.");
      }
    }
  }

  /** Tokens of the largest mixture that the scarcest source allows. */
  private double mixtureTokens(Split split) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < sources.size(); i++) {
      smallest = Math.min(smallest, most(split, i) / share(sources, i));
    }
    return smallest;
  }

  private long most(Split split, int source) {
    // Repeating text in validation gives no information.
    int epochs = split == Split.TRAIN ? sources.get(source).maxEpochs() : 1;
    return epochs * totals.tokens(split, source);
  }

  /** Tokens of the last, incomplete pass over a source. */
  private long rest(Split split, int source) {
    long tokens = totals.tokens(split, source);
    return tokens == 0 ? 0 : targets[split.code()][source] % tokens;
  }

  private int epochs(Split split, int source) {
    long tokens = totals.tokens(split, source);
    return tokens == 0 ? 0 : (int) (targets[split.code()][source] / tokens);
  }

  /** The range of draws in which a source is cut; -1 if it is not cut. */
  private int range(Split split, int source) {
    long rest = rest(split, source);
    if (rest == 0) {
      return -1;
    }
    int range = 0;
    for (long sum = totals.tokens(split, source, 0);
        sum <= rest;
        sum += totals.tokens(split, source, range)) {
      range++;
    }
    return range;
  }

  /** Reads the documents in the ranges where sources are cut, and finds the exact limits. */
  Cuts cut(JavaRDD<Tuple2<byte[], byte[]>> tokenized, BlockPipeline pipeline) {
    List<Draw> draws =
        tokenized
            .mapPartitionsWithIndex(
                new DrawTask(pipeline.partitioner(), pipeline.width(), ranges), false)
            .collect();
    Cut[][] cuts = new Cut[Split.values().length][sources.size()];
    for (Split split : Split.values()) {
      for (int i = 0; i < sources.size(); i++) {
        int source = i;
        cuts[split.code()][i] =
            cut(
                split,
                i,
                draws.stream()
                    .filter(draw -> draw.split() == split && draw.source() == source)
                    .sorted(Comparator.comparingLong(draw -> draw.draw() ^ Long.MIN_VALUE))
                    .toList());
      }
    }
    return new Cuts(cuts);
  }

  private Cut cut(Split split, int source, List<Draw> ordered) {
    int epochs = epochs(split, source);
    long left = rest(split, source);
    for (int range = 0; range < ranges[split.code()][source]; range++) {
      left -= totals.tokens(split, source, range);
    }
    for (Draw draw : ordered) {
      long documents = Math.min(draw.documents(), left / draw.tokens());
      if (documents < draw.documents()) {
        return new Cut(epochs, draw.draw(), documents);
      }
      left -= documents * draw.tokens();
    }
    return Cut.all(epochs);
  }

  /** Collects the draws of a bucket's documents in the ranges where sources are cut. */
  private static final class DrawTask
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
        if (PieceKey.isFirst(key, MixKey.BYTES)) {
          long draw = MixKey.draw(key);
          int source = MixKey.source(key);
          inRange =
              MixKey.epoch(key) == 0 && ranges[split.code()][source] == DrawTotals.range(draw);
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

  /**
   * Documents with one text, of one source and split.
   *
   * @param split their split
   * @param source their source
   * @param draw their draw
   * @param tokens of each document
   * @param documents number of documents
   */
  private record Draw(Split split, int source, long draw, long tokens, long documents)
      implements Serializable {
    /** Adds tokens of its last document, which count once for all documents with the same text. */
    Draw plus(long more) {
      return new Draw(split, source, draw, tokens + more, documents);
    }
  }
}
