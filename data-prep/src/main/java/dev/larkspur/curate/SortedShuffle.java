package dev.larkspur.curate;

import dev.larkspur.storage.SplitMix64;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import scala.Tuple2;
import scala.math.Ordering$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Spark's shuffle and external sort for pairs of byte arrays, keys as unsigned bytes. {@code
 * repartitionAndSortWithinPartitions} would serialize each array with Java serialization.
 */
public final class SortedShuffle {
  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);

  private SortedShuffle() {}

  /**
   * Partitions pairs by prefixes of keys.
   *
   * @param prefix number of leading bytes of a key that determine its partition
   */
  static JavaRDD<Tuple2<byte[], byte[]>> sort(
      JavaRDD<Tuple2<byte[], byte[]>> pairs, int prefix, int partitions) {
    return sort(pairs, new Prefix(prefix, partitions));
  }

  /** Sorts the pairs of each partition. */
  public static JavaRDD<Tuple2<byte[], byte[]>> sort(
      JavaRDD<Tuple2<byte[], byte[]>> pairs, Partitioner partitioner) {
    // A long document is one record if the tokenizer cannot split its text; Spark's default limit
    // is 64 MB.
    SparkConf conf =
        pairs.context().getConf().clone().set("spark.kryoserializer.buffer.max", "2047m");
    return new ShuffledRDD<>(pairs.rdd(), partitioner, BYTES, BYTES, BYTES)
        .setSerializer(new KryoSerializer(conf))
        .setKeyOrdering(Ordering$.MODULE$.comparatorToOrdering(new KeyOrder()))
        .toJavaRDD();
  }

  private static final class Prefix extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int prefix;
    private final int partitions;

    Prefix(int prefix, int partitions) {
      this.prefix = prefix;
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      long hash = 0;
      for (int i = 0; i < prefix; i++) {
        hash = SplitMix64.first(hash ^ ((byte[]) key)[i]);
      }
      return (int) Math.floorMod(hash, (long) partitions);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Prefix that && that.prefix == prefix && that.partitions == partitions;
    }

    @Override
    public int hashCode() {
      return 31 * prefix + partitions;
    }
  }

  private static final class KeyOrder implements Comparator<byte[]>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b);
    }
  }
}
