package dev.larkspur.corpus;

/**
 * Where a block lies.
 *
 * @param shard index in the split's list of shards
 * @param rowGroup index in the shard
 * @param row index in the row group
 */
public record BlockLocation(int shard, int rowGroup, int row) {}
