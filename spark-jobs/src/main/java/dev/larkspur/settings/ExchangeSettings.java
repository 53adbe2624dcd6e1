package dev.larkspur.settings;

import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.WireDtype;
import java.io.Serializable;
import java.time.Duration;

/**
 * How the workers meet and exchange gradients.
 *
 * @param timeout how long to wait for a worker before it counts as lost
 * @param networkInterface name of the interface that the exchange goes over; empty: the one of the
 *     address under which Spark knows the host
 * @param rendezvousPorts where worker 0 may listen for the others
 * @param bucketBytes size of the parts that the gradient is sent in
 * @param wire how gradients travel
 * @param shardOptimizer whether each worker updates only its part of the parameters
 */
public record ExchangeSettings(
    Duration timeout,
    String networkInterface,
    PortRange rendezvousPorts,
    long bucketBytes,
    WireDtype wire,
    boolean shardOptimizer)
    implements Serializable {}
