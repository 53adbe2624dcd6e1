package dev.larkspur.prepare;

import java.io.Serializable;

/**
 * The documents of one host.
 *
 * @param domain name of the host
 * @param documents whose address names it
 */
public record DomainCount(String domain, long documents) implements Serializable {}
