package dev.larkspur.prepare;

import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.curate.SortedShuffle;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.PackTask.BucketTotals;
import dev.larkspur.prepare.ReadingTotals.StatisticsRecord;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.tokenizer.TokenizerSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Turns documents into sorted blocks with two shuffles. Collecting the statistics runs only the
 * stage before a shuffle, whose files the next phase reuses. Each phase is therefore a separate
 * job, and bad input fails the run before any write.
 */
final class BlockPipeline {
  private final PrepareSettings settings;
  private final KeyPartitioner partitioner;
  private final Broadcast<SerializableConfiguration> conf;
  private final Broadcast<TokenizerSource> tokenizer;
  private final TokenWidth width;

  BlockPipeline(
      PrepareSettings settings,
      Broadcast<SerializableConfiguration> conf,
      Broadcast<TokenizerSource> tokenizer) {
    this.settings = settings;
    this.partitioner = new KeyPartitioner(settings);
    this.conf = conf;
    this.tokenizer = tokenizer;
    this.width = TokenWidth.of(tokenizer.value().tokenizer().vocabulary());
  }

  KeyPartitioner partitioner() {
    return partitioner;
  }

  TokenWidth width() {
    return width;
  }

  /** Documents sorted by key. */
  JavaRDD<Tuple2<byte[], byte[]>> tokenize(JavaRDD<CuratedPart> parts) {
    return SortedShuffle.sort(
        parts.mapPartitions(new TokenizeTask(conf, tokenizer, settings)), partitioner);
  }

  /**
   * Sums the totals on an executor, so that the driver's memory does not depend on the number of
   * tasks.
   */
  ReadingTotals readingTotals(JavaRDD<Tuple2<byte[], byte[]>> tokenized) {
    int sources = settings.input().sources().size();
    RejectionLimits limits = settings.input().limits();
    return tokenized
        .mapPartitions(records -> List.of(ReadingTotals.sum(records, sources, limits)).iterator())
        .collectPartitions(new int[] {partitioner.statistics()})[0]
        .get(0);
  }

  /** Blocks sorted by key. */
  JavaRDD<Tuple2<byte[], byte[]>> pack(JavaRDD<Tuple2<byte[], byte[]>> tokenized, Cuts cuts) {
    return SortedShuffle.sort(
        tokenized.mapPartitionsWithIndex(new PackTask(partitioner, settings, width, cuts), false),
        partitioner);
  }

  /** The totals of each bucket. */
  List<BucketTotals> bucketTotals(JavaRDD<Tuple2<byte[], byte[]>> packed) {
    List<BucketTotals> totals = new ArrayList<>();
    for (List<Tuple2<byte[], byte[]>> partition :
        packed.collectPartitions(new int[] {partitioner.statistics()})) {
      for (Tuple2<byte[], byte[]> record : partition) {
        totals.add(StatisticsRecord.fromBytes(record._2(), BucketTotals.class));
      }
    }
    return totals;
  }
}
