package dev.larkspur.prepare;

import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

/** The sorted blocks of one partition to the bytes that they would take in a file. */
final class CompressTask
    implements Function2<Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<Long>> {
  private static final long serialVersionUID = 1L;

  private final int statistics;

  CompressTask(KeyPartitioner partitioner) {
    this.statistics = partitioner.statistics();
  }

  @Override
  public Iterator<Long> call(Integer partition, Iterator<Tuple2<byte[], byte[]>> blocks) {
    if (partition == statistics) {
      return List.of(0L).iterator();
    }
    ByteArrayOutputStream page = new ByteArrayOutputStream(ShardWriter.PAGE_BYTES);
    long bytes = 0;
    while (blocks.hasNext()) {
      byte[] block = blocks.next()._2();
      page.write(block, 0, block.length);
      if (page.size() + block.length > ShardWriter.PAGE_BYTES) {
        bytes += ShardWriter.compress(page.toByteArray()).length;
        page.reset();
      }
    }
    return List.of(bytes + ShardWriter.compress(page.toByteArray()).length).iterator();
  }
}
