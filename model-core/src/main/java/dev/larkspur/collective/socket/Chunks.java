package dev.larkspur.collective.socket;

import dev.larkspur.tensor.Shard;

/**
 * Cuts a vector into one shard for each rank, and those into chunks. Chunks before the first and
 * after the last of a shard are empty.
 *
 * @param length of the vector
 * @param worldSize number of shards
 * @param size most values of a chunk
 */
record Chunks(long length, int worldSize, int size) {

  /** Chunks of the largest shard. */
  int perShard() {
    // The last rank has what is left over.
    return Math.toIntExact((shard(worldSize - 1).length() + size - 1) / size);
  }

  /** Index in the vector of the first value of a chunk. */
  long offset(int rank, int index) {
    return shard(rank).offset() + (long) index * size;
  }

  /** Values of a chunk. */
  int count(int rank, int index) {
    long left = shard(rank).length() - (long) index * size;
    return index < 0 ? 0 : (int) Math.max(0, Math.min(size, left));
  }

  private Shard shard(int rank) {
    return Shard.of(length, rank, worldSize);
  }
}
