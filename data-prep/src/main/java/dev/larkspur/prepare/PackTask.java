package dev.larkspur.prepare;

import dev.larkspur.corpus.BlockPacker;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.prepare.ReadingTotals.StatisticsRecord;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.storage.SplitMix64;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/**
 * Packs the sorted documents of a bucket into (key, block) with pseudo-random keys, followed by one
 * record of statistics.
 */
final class PackTask
    implements Function2<
        Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<Tuple2<byte[], byte[]>>> {
  private static final long serialVersionUID = 1L;
  private static final int INDEX_BITS = 40;

  private final KeyPartitioner partitioner;
  private final long seed;
  private final TokenWidth width;
  private final int blockBytes;
  private final Cuts cuts;

  PackTask(KeyPartitioner partitioner, PrepareSettings settings, TokenWidth width, Cuts cuts) {
    this.partitioner = partitioner;
    this.seed = settings.blocks().seed();
    this.width = width;
    this.blockBytes = (settings.blocks().context() + 1) * width.bytes();
    this.cuts = cuts;
  }

  @Override
  public Iterator<Tuple2<byte[], byte[]>> call(
      Integer partition, Iterator<Tuple2<byte[], byte[]>> records) {
    return partition == partitioner.statistics()
        ? Collections.emptyIterator()
        : new Blocks(partition, records);
  }

  private final class Blocks implements Iterator<Tuple2<byte[], byte[]>> {
    private final Split split;
    private final long bucket;
    private final Cuts.Taken documents;
    private final BlockPacker packer;
    private long blocks;
    private boolean ended;

    Blocks(int partition, Iterator<Tuple2<byte[], byte[]>> records) {
      split = partitioner.split(partition);
      bucket = partitioner.indexInSplit(partition);
      documents = cuts.taken(split, records);
      packer = new BlockPacker(documents, blockBytes);
    }

    @Override
    public boolean hasNext() {
      return !ended;
    }

    @Override
    public Tuple2<byte[], byte[]> next() {
      if (ended) {
        throw new NoSuchElementException();
      }
      if (packer.hasNext()) {
        long origin = (bucket << INDEX_BITS) | blocks++;
        long key = SplitMix64.of(seed, split.code(), origin);
        return new Tuple2<>(ShuffleKey.of(split.code(), key, origin), packer.next());
      }
      ended = true;
      BucketTotals totals =
          new BucketTotals(
              split,
              documents.documents(),
              packer.bytes() / width.bytes(),
              packer.tailBytes() / width.bytes(),
              blocks,
              documents.totals(width.bytes()));
      return new Tuple2<>(
          ShuffleKey.of(ShuffleKey.STATISTICS, 0, 0), StatisticsRecord.toBytes(totals));
    }
  }

  /**
   * The result of packing one or several buckets.
   *
   * @param split the split of the bucket
   * @param documents number of documents
   * @param tokens tokens of these documents, including ends of text
   * @param tailTokens tokens that filled no block
   * @param blocks number of blocks
   * @param sources documents and tokens of each source; empty without a mixture
   */
  record BucketTotals(
      Split split, long documents, long tokens, long tailTokens, long blocks, List<Taken> sources)
      implements Serializable {
    /** Documents and tokens of one source. */
    record Taken(long documents, long tokens) implements Serializable {
      Taken plus(Taken other) {
        return new Taken(documents + other.documents, tokens + other.tokens);
      }
    }

    static BucketTotals none(Split split, int sources) {
      return new BucketTotals(
          split,
          0,
          0,
          0,
          0,
          IntStream.range(0, sources).mapToObj(source -> new Taken(0, 0)).toList());
    }

    BucketTotals plus(BucketTotals other) {
      return new BucketTotals(
          split,
          documents + other.documents,
          tokens + other.tokens,
          tailTokens + other.tailTokens,
          blocks + other.blocks,
          IntStream.range(0, sources.size())
              .mapToObj(source -> sources.get(source).plus(other.sources.get(source)))
              .toList());
    }
  }
}
