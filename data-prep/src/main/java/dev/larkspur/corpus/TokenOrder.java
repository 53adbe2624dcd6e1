package dev.larkspur.corpus;

import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.SplitMix64;
import java.util.Arrays;
import java.util.List;

/**
 * The order of blocks: a pure function of manifest, split, seed and index.
 *
 * <p>An epoch contains every block once. Seed and epoch determine the order of the row groups of
 * all shards, and the order of the rows within each row group, so that a reader decodes one row
 * group at a time. (Blocks were shuffled over all shards when the corpus was prepared.)
 * Thread-safe.
 */
public final class TokenOrder {
  private final int[] shards; // [group]
  private final int[] groupsInShard; // [group]
  private final int[] rows; // [group]
  private final long blocks;
  private final long seed;
  private final boolean shuffled;
  private volatile Epoch latest;

  /**
   * The shuffled order of training.
   *
   * @param seed another seed gives another order
   */
  public TokenOrder(CorpusManifest manifest, Split split, long seed) {
    this(manifest.split(split).shards(), seed, true);
  }

  private TokenOrder(List<Shard> files, long seed, boolean shuffled) {
    int groups = files.stream().mapToInt(shard -> shard.rowGroups().size()).sum();
    shards = new int[groups];
    groupsInShard = new int[groups];
    rows = new int[groups];
    int group = 0;
    long sum = 0;
    for (int shard = 0; shard < files.size(); shard++) {
      List<Integer> rowGroups = files.get(shard).rowGroups();
      for (int i = 0; i < rowGroups.size(); i++) {
        shards[group] = shard;
        groupsInShard[group] = i;
        rows[group] = rowGroups.get(i);
        sum += rows[group++];
      }
    }
    this.blocks = sum;
    this.seed = seed;
    this.shuffled = shuffled;
    if (blocks == 0) {
      throw new BadInputException(
          "The corpus has no blocks: prepare it again with more documents.");
    }
    this.latest = epoch(0);
  }

  /** The sequential order: shard by shard, row by row; starts over after the last block. */
  public static TokenOrder sequential(CorpusManifest manifest, Split split) {
    return new TokenOrder(manifest.split(split).shards(), 0, false);
  }

  /** Blocks of an epoch. */
  public long blocks() {
    return blocks;
  }

  /**
   * The block at an index of the order; O(log row groups), and O(row groups) when the epoch
   * changes.
   *
   * @param index 0 or more; index / {@link #blocks()} is the epoch
   */
  public BlockLocation locate(long index) {
    if (index < 0) {
      throw new IllegalArgumentException("index " + index + " is negative");
    }
    long number = index / blocks;
    Epoch epoch = latest;
    if (epoch.number != number) {
      epoch = epoch(number);
      latest = epoch;
    }
    long offset = index % blocks;
    int place = Arrays.binarySearch(epoch.starts, offset);
    if (place < 0) {
      place = -place - 2;
    }
    int group = epoch.groups[place];
    int row = (int) (offset - epoch.starts[place]);
    if (shuffled) {
      row = Permutation.at(row, rows[group], SplitMix64.of(seed, number, group));
    }
    return new BlockLocation(shards[group], groupsInShard[group], row);
  }

  private Epoch epoch(long number) {
    int[] groups = new int[rows.length];
    long[] starts = new long[rows.length];
    long key = SplitMix64.of(seed, number);
    long start = 0;
    for (int place = 0; place < groups.length; place++) {
      groups[place] = shuffled ? Permutation.at(place, groups.length, key) : place;
      starts[place] = start;
      start += rows[groups[place]];
    }
    return new Epoch(number, groups, starts);
  }

  private static final class Epoch {
    private final long number;
    private final int[] groups; // [place in the epoch]
    private final long[] starts; // [place in the epoch], ascending: no row group is empty

    Epoch(long number, int[] groups, long[] starts) {
      this.number = number;
      this.groups = groups;
      this.starts = starts;
    }
  }

  /**
   * The location of a block.
   *
   * @param shard index in the split's list of shards
   * @param rowGroup index in the shard
   * @param row index in the row group
   */
  public record BlockLocation(int shard, int rowGroup, int row) {}

  /**
   * A permutation of 0 … size - 1 in constant memory: a Feistel network over the next larger even
   * number of bits, iterated until the result is inside the range (at most four iterations on
   * average).
   */
  static final class Permutation {
    private static final int ROUNDS = 6;

    private Permutation() {}

    static int at(int index, int size, long key) {
      if (size == 1) {
        return 0;
      }
      int half = (33 - Integer.numberOfLeadingZeros(size - 1)) / 2;
      int mask = (1 << half) - 1;
      long value = index;
      do {
        long left = value >>> half;
        long right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
          long next = left ^ (SplitMix64.mix(key + SplitMix64.mix((right << 8) | round)) & mask);
          left = right;
          right = next;
        }
        value = (left << half) | right;
      } while (value >= size);
      return (int) value;
    }
  }
}
