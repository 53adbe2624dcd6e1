package dev.larkspur.storage;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Qualified paths, which mean the same in every process: absolute, with scheme and authority. A
 * relative path may mean a different directory in each process, and {@code hdfs:///x} a different
 * cluster.
 */
public final class QualifiedPath {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");

  private QualifiedPath() {}

  /**
   * Parses a path. A colon ends a scheme only if a slash follows, because file names of crawls
   * contain times.
   *
   * @throws IllegalArgumentException if it is no path
   */
  public static Path given(String path) {
    int colon = path.indexOf(':');
    boolean inName = colon >= 0 && path.lastIndexOf('/', colon) < 0;
    return new Path(inName && !SCHEME.matcher(path).lookingAt() ? "./" + path : path);
  }

  /**
   * Qualifies a path of a setting on the driver; globs stay globs.
   *
   * @throws IOException if there is no file system for it
   * @throws IllegalArgumentException if it is no path
   */
  public static Path of(String path, Configuration conf) throws IOException {
    Path given = given(path);
    return PrivateBuffers.fileSystem(given, conf).makeQualified(given);
  }
}
