package dev.larkspur.prepare;

import dev.larkspur.corpus.Shard;
import dev.larkspur.corpus.Split;

import java.io.Serializable;

/** What a task that wrote a shard tells the driver. */
public final class ShardReport implements Serializable {
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
