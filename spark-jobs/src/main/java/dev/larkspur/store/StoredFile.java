package dev.larkspur.store;

/**
 * A file as a manifest lists it.
 *
 * @param name relative to the manifest's directory
 * @param bytes its length
 * @param sha256 of its content, in hexadecimal
 */
public record StoredFile(String name, long bytes, String sha256) {}
