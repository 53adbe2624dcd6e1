/** Measures how fast the parts of Larkspur are, in turn and on one machine. Commands print it. */
package dev.larkspur.benchmark;
