package dev.larkspur.plan;

import dev.larkspur.collective.Wire;

/**
 * Settings that change how long a step takes or what it needs, and not what is trained.
 *
 * @param microBatch training.micro-batch
 * @param shardOptimizer training.shard-optimizer
 * @param wire training.exchange.wire
 * @param bucketBytes training.exchange.bucket-bytes
 */
public record Choice(int microBatch, boolean shardOptimizer, Wire wire, long bucketBytes) {}
