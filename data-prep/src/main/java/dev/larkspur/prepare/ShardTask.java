package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusDirectory;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.prepare.ShuffleKey.KeyPartitioner;
import dev.larkspur.storage.DriverFile;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Writes the sorted blocks of a partition to a file. */
final class ShardTask
    implements Function2<
        Integer, Iterator<Tuple2<byte[], byte[]>>, Iterator<ShardTask.ShardReport>> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> conf;
  private final KeyPartitioner partitioner;
  private final String corpus;
  private final DriverFile proof;
  private final int context;
  private final int vocabulary;
  private final int part;

  /** Where shards are written. */
  record Place(String directory, DriverFile proof, int part) {}

  ShardTask(
      Broadcast<SerializableConfiguration> conf,
      KeyPartitioner partitioner,
      PrepareSettings settings,
      int vocabulary,
      Place place) {
    this.conf = conf;
    this.partitioner = partitioner;
    this.corpus = place.directory();
    this.proof = place.proof();
    this.context = settings.blocks().context();
    this.vocabulary = vocabulary;
    this.part = place.part();
  }

  @Override
  public Iterator<ShardReport> call(Integer partition, Iterator<Tuple2<byte[], byte[]>> blocks)
      throws IOException {
    if (partition == partitioner.statistics()) {
      return Collections.emptyIterator();
    }
    Split split = partitioner.split(partition);
    int index = partitioner.indexInSplit(partition);
    String name = split.shardName(part, index);
    proof.requireSeen(conf.value().value());
    CorpusDirectory directory = new CorpusDirectory(corpus, conf.value().value());
    HashingOutput output = new HashingOutput(directory.files(), directory.path(name));
    boolean written = false;
    try {
      long[] counts = new long[index < UnigramPerplexity.SHARDS ? vocabulary : 0];
      ShardReport report = new ShardReport(split, write(output, name, blocks, counts), counts);
      written = true;
      return List.of(report).iterator();
    } catch (IOException failure) {
      throw new TryAgainException(
          "Cannot write "
              + directory.path(name)
              + " ("
              + TaskFailures.rootMessage(failure)
              + "): free space there or choose another corpus directory, and prepare again.",
          failure);
    } finally {
      // However the task ends, even if Spark kills it, no incomplete file or upload stays.
      if (!written) {
        output.discard();
      }
    }
  }

  private Shard write(
      HashingOutput output, String name, Iterator<Tuple2<byte[], byte[]>> blocks, long[] counts)
      throws IOException {
    TokenWidth width = TokenWidth.of(vocabulary);
    int[] ids = new int[context + 1];
    ShardWriter writer = new ShardWriter(output, ids.length * width.bytes());
    while (blocks.hasNext()) {
      Tuple2<byte[], byte[]> block = blocks.next();
      writer.append(ShuffleKey.rest(block._1()), block._2());
      if (counts.length > 0) {
        width.decode(block._2(), 0, ids, 0, ids.length);
        for (int id : ids) {
          counts[id]++;
        }
      }
    }
    return writer.close(name);
  }

  /** What a task reports to the driver about the shard that it has written. */
  public static final class ShardReport implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Split split;
    private final Shard shard;
    private final long[] tokenCounts; // [id]; empty if this shard does not count

    ShardReport(Split split, Shard shard, long[] tokenCounts) {
      this.split = split;
      this.shard = shard;
      this.tokenCounts = tokenCounts;
    }

    public Split split() {
      return split;
    }

    Shard shard() {
      return shard;
    }

    public void addCountsTo(long[] sum) {
      for (int id = 0; id < tokenCounts.length; id++) {
        sum[id] += tokenCounts[id];
      }
    }
  }
}
