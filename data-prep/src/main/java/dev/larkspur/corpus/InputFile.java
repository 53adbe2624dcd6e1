package dev.larkspur.corpus;

import java.time.Instant;

/**
 * A file of documents that a part was made from.
 *
 * @param file its full path, with the scheme of its file system
 * @param bytes its length
 * @param version what changes with its content: the etag of an object store, the checksum of HDFS,
 *     or else the time of the last change
 */
public record InputFile(String file, long bytes, String version) {
  private static final String CHANGED = "changed ";

  static String changedAt(long epochMillis) {
    return CHANGED + Instant.ofEpochMilli(epochMillis);
  }

  /** Whether files of equal length and version have the same content, whatever their paths. */
  boolean versionIsContent() {
    return !version.startsWith(CHANGED);
  }
}
