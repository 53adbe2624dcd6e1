package dev.larkspur.prepare;

import dev.larkspur.corpus.BlockLocation;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Shard;
import dev.larkspur.corpus.Split;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Counts the tokens of a shard that an earlier run has written. */
final class CountTask implements Function<Tuple2<Split, Integer>, ShardReport> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<SerializableConfiguration> conf;
  private final String corpus;
  private final int manifest;

  CountTask(Broadcast<SerializableConfiguration> conf, String corpus, int manifest) {
    this.conf = conf;
    this.corpus = corpus;
    this.manifest = manifest;
  }

  @Override
  public ShardReport call(Tuple2<Split, Integer> place) throws IOException {
    Corpus opened = Corpus.open(corpus, manifest, conf.value().value());
    Shard shard = opened.manifest().split(place._1()).shards().get(place._2());
    long[] counts = new long[opened.manifest().tokenizer().vocabulary()];
    int[] ids = new int[opened.manifest().context() + 1];
    try (BlockReader blocks = new BlockReader(opened, place._1())) {
      List<Integer> rowGroups = shard.rowGroups();
      for (int group = 0; group < rowGroups.size(); group++) {
        for (int row = 0; row < rowGroups.get(group); row++) {
          blocks.read(new BlockLocation(place._2(), group, row), ids, 0);
          for (int id : ids) {
            counts[id]++;
          }
        }
      }
    }
    return new ShardReport(place._1(), shard, counts);
  }
}
