/**
 * Benchmarks of the parts of Larkspur. What is compared is measured in turn, on the same machine.
 */
package dev.larkspur.benchmark;
