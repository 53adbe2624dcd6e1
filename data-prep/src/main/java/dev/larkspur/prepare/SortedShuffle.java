package dev.larkspur.prepare;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import scala.Tuple2;
import scala.math.Ordering$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Spark's shuffle and external sort for pairs of byte arrays. The usual way, {@code
 * repartitionAndSortWithinPartitions}, would write each array with Java's own serialization.
 */
final class SortedShuffle {
  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);

  private SortedShuffle() {}

  static JavaRDD<Tuple2<byte[], byte[]>> sort(
      JavaRDD<Tuple2<byte[], byte[]>> pairs, KeyPartitioner partitioner) {
    // Where a tokenizer cannot cut a text, a long document is one record; Spark's limit is 64 MB.
    SparkConf conf =
        pairs.context().getConf().clone().set("spark.kryoserializer.buffer.max", "2047m");
    return new ShuffledRDD<>(pairs.rdd(), partitioner, BYTES, BYTES, BYTES)
        .setSerializer(new KryoSerializer(conf))
        .setKeyOrdering(Ordering$.MODULE$.comparatorToOrdering(new KeyOrder()))
        .toJavaRDD();
  }

  private static final class KeyOrder implements Comparator<byte[]>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b);
    }
  }
}
