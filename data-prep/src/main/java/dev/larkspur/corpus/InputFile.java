package dev.larkspur.corpus;

import java.time.Instant;

/**
 * A file of documents that a part was made from.
 *
 * @param file its full path, with the scheme of its file system
 * @param bytes its length
 * @param version what changes with its content: the etag of an object store, the checksum of HDFS,
 *     or else the time of the last change
 * @param sha256 of its content, in hexadecimal; empty if the version tells it or nobody has read it
 */
public record InputFile(String file, long bytes, String version, String sha256) {
  private static final String CHANGED = "changed ";

  public static String changedAt(long epochMillis) {
    return CHANGED + Instant.ofEpochMilli(epochMillis);
  }

  /** Whether files of equal length and version have the same content, whatever their paths. */
  public boolean versionIsContent() {
    return !version.startsWith(CHANGED);
  }

  /** Whether a file is as it was, without a look at its content. */
  public boolean isUnchanged(InputFile now) {
    return file.equals(now.file) && bytes == now.bytes && version.equals(now.version);
  }

  public InputFile hashed(String hash) {
    return new InputFile(file, bytes, version, hash);
  }
}
