package dev.larkspur.corpus;

import java.io.Serializable;

/**
 * The records of one host.
 *
 * @param domain name of the host
 * @param documents records whose address names it
 */
public record DomainCount(String domain, long documents) implements Serializable {}
