package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;


/**
 * Settings that change how long a step takes or what it needs, and not what is trained.
 *
 * @param microBatch training.micro-batch
 * @param shardOptimizer training.shard-optimizer
 * @param wire training.exchange.wire
 * @param bucketBytes training.exchange.bucket-bytes
 */
public record Choice(int microBatch, boolean shardOptimizer, WireDtype wire, long bucketBytes) {}
