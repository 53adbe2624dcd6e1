package dev.larkspur.settings;

import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.WireDtype;
import java.io.Serializable;
import java.time.Duration;

/**
 * How the workers meet and exchange gradients.
 *
 * @param timeout how long to wait for a worker before it is considered lost
 * @param networkInterface name of the interface for the exchange; empty: that of the address under
 *     which Spark knows the host
 * @param rendezvousPorts where worker 0 may listen for the others
 * @param bucketBytes size of the buckets in which the gradient is sent
 * @param wire how gradients travel
 * @param shardOptimizer whether each worker updates only its shard of the parameters
 */
public record ExchangeSettings(
    @Setting(key = "collective-timeout", least = 1) Duration timeout,
    @Setting(unset = "auto") String networkInterface,
    PortRange rendezvousPorts,
    @Setting(key = "exchange.bucket-bytes", bytes = true, least = 64 << 10, most = 2L << 30)
        long bucketBytes,
    @Setting(key = "exchange.wire") WireDtype wire,
    boolean shardOptimizer)
    implements Serializable {}
