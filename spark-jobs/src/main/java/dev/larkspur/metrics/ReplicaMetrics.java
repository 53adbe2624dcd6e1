package dev.larkspur.metrics;

import java.io.Serializable;

/**
 * A line of metrics about the replicas of a training in rounds.
 *
 * @param step updates done
 * @param replicaDistance largest Euclidean distance between the parameters of a replica and those
 *     that the round returned, relative to the norm of the latter
 * @param parameterChange Euclidean distance between the returned parameters and those before the
 *     round, relative to the norm of the former
 */
public record ReplicaMetrics(long step, double replicaDistance, double parameterChange)
    implements Serializable {}
