/** The collectives over TCP against the contract of those of an engine. */
package dev.larkspur.collective.socket;
