/**
 * The exchange between workers: exact, synchronous collectives on flat vectors and on single
 * numbers.
 */
package dev.larkspur.collective;
