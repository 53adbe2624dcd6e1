package dev.larkspur.layout;

/**
 * Elements [offset, offset + length) of the flat parameter vector.
 *
 * @param offset index of the first
 * @param length number of elements
 */
public record Range(long offset, long length) {}
