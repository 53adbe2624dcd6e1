package dev.larkspur.collective;

import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How the members of a group find each other. Rank 0 opens a key-value store and tells the others
 * its address.
 *
 * @param rank this worker's number
 * @param worldSize number of workers
 * @param host name or address under which this worker's peers reach it
 * @param ports where rank 0 may open the store
 * @param announceStore called once by every rank with the store's address ({@code host:port}) on
 *     rank 0 and an empty string elsewhere; returns rank 0's
 * @param timeout how long to wait for a peer, here and in each collective
 */
public record Rendezvous(
    int rank,
    int worldSize,
    String host,
    PortRange ports,
    UnaryOperator<String> announceStore,
    Duration timeout) {}
