package dev.larkspur.run;

import java.io.Serializable;

/**
 * A file as a manifest lists it.
 *
 * @param name relative to the manifest's directory
 * @param bytes its length
 * @param crc32c of its content, 8 digits in hexadecimal
 */
public record StoredFile(String name, long bytes, String crc32c) implements Serializable {}
