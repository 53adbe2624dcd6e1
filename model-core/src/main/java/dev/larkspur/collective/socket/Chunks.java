package dev.larkspur.collective.socket;

import dev.larkspur.tensor.Shard;

/**
 * Splits a vector into one shard for each rank, and each shard into chunks. Chunks before the first
 * and after the last of a shard are empty.
 *
 * @param length of the vector
 * @param worldSize number of shards
 * @param size maximum number of values in a chunk
 */
record Chunks(long length, int worldSize, int size) {

  /** Number of chunks of the largest shard. */
  int perShard() {
    // The last rank takes the remainder.
    return Math.toIntExact((shard(worldSize - 1).length() + size - 1) / size);
  }

  /** Index of a chunk's first value in the vector. */
  long offset(int rank, int index) {
    return shard(rank).offset() + (long) index * size;
  }

  /** Number of values in a chunk. */
  int count(int rank, int index) {
    long left = shard(rank).length() - (long) index * size;
    return index < 0 ? 0 : (int) Math.max(0, Math.min(size, left));
  }

  private Shard shard(int rank) {
    return Shard.of(length, rank, worldSize);
  }
}
