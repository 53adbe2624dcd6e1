package dev.larkspur.scaling;

/**
 * The power law of one kind.
 *
 * @param kind label of the kind
 * @param law over all its sizes and seeds
 */
public record KindFit(String kind, PowerLaw law) {}
