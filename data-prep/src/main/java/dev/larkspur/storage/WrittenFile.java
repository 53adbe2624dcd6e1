package dev.larkspur.storage;

import java.io.Serializable;

/**
 * A file that was written, as a manifest lists it.
 *
 * @param file its name inside the directory of the manifest
 * @param bytes its length
 * @param sha256 of its content, in hexadecimal
 */
public record WrittenFile(String file, long bytes, String sha256) implements Serializable {
  /** A file of these bytes. */
  public static WrittenFile of(String file, byte[] content) {
    return new WrittenFile(file, content.length, Sha256.hex(content));
  }

  /** The same file, named from a folder above. */
  public WrittenFile in(String folder) {
    return new WrittenFile(folder + "/" + file, bytes, sha256);
  }
}
