package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.spark.Partitioner;

/**
 * Keys of both shuffles: one byte of kind (a split, or statistics), eight bytes whose range
 * determines the partition, eight more that make the order total. Compared as unsigned bytes.
 */
final class ShuffleKey {
  static final int STATISTICS = Split.values().length;
  static final int BYTES = 17;

  private ShuffleKey() {}

  static byte[] of(int kind, long range, long rest) {
    return ByteBuffer.allocate(BYTES).put((byte) kind).putLong(range).putLong(rest).array();
  }

  static int kind(byte[] key) {
    return key[0];
  }

  static long range(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  static long rest(byte[] key) {
    return ByteBuffer.wrap(key).getLong(9);
  }

  /**
   * Keys of documents of several sources: a {@link ShuffleKey}, then the source (one byte), the
   * epoch (one byte) and the draw, eight bytes that determine which documents are excluded. The
   * draw is a function of seed and content, independent of split and bucket.
   */
  static final class MixKey {
    private static final int SOURCE = 17;
    private static final int EPOCH = 18;
    private static final int DRAW = 19;
    static final int BYTES = 27;

    private MixKey() {}

    static byte[] of(byte[] shuffleKey, int source, int epoch, long draw) {
      byte[] key = Arrays.copyOf(shuffleKey, BYTES);
      ByteBuffer.wrap(key).put(SOURCE, (byte) source).put(EPOCH, (byte) epoch).putLong(DRAW, draw);
      return key;
    }

    /** Whether two keys are of documents with the same text, source and epoch. */
    static boolean same(byte[] one, byte[] other) {
      return one.length >= BYTES
          && other.length >= BYTES
          && Arrays.equals(one, 0, BYTES, other, 0, BYTES);
    }

    static int source(byte[] key) {
      return Byte.toUnsignedInt(key[SOURCE]);
    }

    static int epoch(byte[] key) {
      return key[EPOCH];
    }

    static long draw(byte[] key) {
      return ByteBuffer.wrap(key).getLong(DRAW);
    }
  }

  /**
   * Partitions of a {@link ShuffleKey}: one for each training shard, one for each validation shard,
   * and a last one for statistics. Within a split, partitions are key ranges of equal length, so
   * that the order of partitions is that of keys.
   */
  static final class KeyPartitioner extends Partitioner {
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
}
