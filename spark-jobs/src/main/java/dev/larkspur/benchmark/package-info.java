/** Measures how fast the parts of Larkspur are, in turn and in one process. Commands print it. */
package dev.larkspur.benchmark;
