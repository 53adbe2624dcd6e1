package dev.larkspur.run;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local file system under another scheme, which counts what it is asked for. */
public final class CountingFileSystem extends FilterFileSystem {
  static final String SCHEME = "counting";

  private static final Map<String, Integer> COUNTS = new TreeMap<>();

  public CountingFileSystem() {
    super(
        new RawLocalFileSystem() {
          @Override
          protected void checkPath(Path path) {}
        });
  }

  /** A configuration that knows it. */
  static Configuration configuration() {
    Configuration conf = new Configuration();
    conf.set("fs." + SCHEME + ".impl", CountingFileSystem.class.getName());
    return conf;
  }

  /** What was asked for since the last call. */
  static synchronized Map<String, Integer> takeCounts() {
    Map<String, Integer> counts = Map.copyOf(COUNTS);
    COUNTS.clear();
    return counts;
  }

  private static synchronized void count(String operation) {
    COUNTS.merge(operation, 1, Integer::sum);
  }

  @Override
  public void initialize(URI uri, Configuration conf) throws IOException {
    fs.initialize(URI.create("file:///"), conf);
    setConf(conf);
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  protected void checkPath(Path path) {}

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    count("create");
    return fs.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    count("open");
    return fs.open(file, bufferSize);
  }

  @Override
  public boolean delete(Path file, boolean recursive) throws IOException {
    count("delete");
    return fs.delete(file, recursive);
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    count("status");
    return fs.getFileStatus(file);
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    count("list");
    return fs.listStatus(directory);
  }
}
