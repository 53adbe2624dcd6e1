/**
 * The safetensors format for parameters and optimiser state, which common tools can open. A flat
 * vector is the data section of such a file, and every parameter is a byte range of it.
 */
package dev.larkspur.safetensors;
