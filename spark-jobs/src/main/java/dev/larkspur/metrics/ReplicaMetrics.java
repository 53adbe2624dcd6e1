package dev.larkspur.metrics;

import java.io.Serializable;

/**
 * A line about the replicas of a training in rounds.
 *
 * @param step updates done
 * @param replicaDistance largest Euclidean distance of a replica's parameters to those of the model
 *     that the round returned, relative to their norm
 * @param parameterChange Euclidean distance of these to the parameters before the round, relative
 *     to their norm
 */
public record ReplicaMetrics(long step, double replicaDistance, double parameterChange)
    implements Serializable {}
