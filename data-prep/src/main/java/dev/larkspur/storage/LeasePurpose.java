package dev.larkspur.storage;

/**
 * What one process at a time may do in a directory.
 *
 * @param name one word of lower-case letters, the beginning of the lease's file name
 * @param words of it in messages, such as "run of prepare on"
 */
public record LeasePurpose(String name, String words) {}
