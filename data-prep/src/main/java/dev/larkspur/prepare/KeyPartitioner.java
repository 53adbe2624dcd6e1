package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import org.apache.spark.Partitioner;

/**
 * Partitions of a {@link ShuffleKey}: one for each training shard, one for each validation shard,
 * and a last one for statistics. Within a split, partitions are key ranges of equal length, so that
 * the order of partitions is that of keys.
 */
final class KeyPartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int train;
  private final int validation;

  KeyPartitioner(PrepareSettings settings) {
    this.train = settings.blocks().shards(Split.TRAIN);
    this.validation = settings.blocks().shards(Split.VALIDATION);
  }

  /** Number of partitions of documents or blocks: all except the one of statistics. */
  int shards() {
    return train + validation;
  }

  int statistics() {
    return train + validation;
  }

  Split split(int partition) {
    return partition < train ? Split.TRAIN : Split.VALIDATION;
  }

  /** Index of a partition among those of its split. */
  int indexInSplit(int partition) {
    return partition < train ? partition : partition - train;
  }

  @Override
  public int numPartitions() {
    return train + validation + 1;
  }

  @Override
  public int getPartition(Object key) {
    byte[] bytes = (byte[]) key;
    long high = ShuffleKey.range(bytes) >>> 32;
    int kind = ShuffleKey.kind(bytes);
    if (kind == Split.TRAIN.code()) {
      return (int) ((high * train) >>> 32);
    }
    return kind == ShuffleKey.STATISTICS
        ? statistics()
        : train + (int) ((high * validation) >>> 32);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPartitioner that
        && that.train == train
        && that.validation == validation;
  }

  @Override
  public int hashCode() {
    return 31 * train + validation;
  }
}
