package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Paths that mean the same in every process: absolute, with scheme and authority. A relative path
 * means another directory in each, and {@code hdfs:///x} another cluster.
 */
public final class QualifiedPath {
  private QualifiedPath() {}

  /**
   * What a path of a setting means in this process, the driver; globs stay globs.
   *
   * @throws IOException if there is no file system for it
   * @throws IllegalArgumentException if it is no path
   */
  public static Path of(String path, Configuration conf) throws IOException {
    Path given = new Path(path);
    return given.getFileSystem(conf).makeQualified(given);
  }
}
