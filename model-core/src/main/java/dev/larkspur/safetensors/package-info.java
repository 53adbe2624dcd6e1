/**
 * The file format of parameters and optimiser moments: safetensors, so that any tool of the field
 * opens them. A flat vector is the data section of such a file as it is, and every parameter one of
 * its byte ranges.
 */
package dev.larkspur.safetensors;
