package dev.larkspur.storage;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local disk as {@code shelf://rack:1}, the default file system: as HDFS, it has a host. */
public final class ShelfFileSystem extends RawLocalFileSystem {
  private static final String HOME = "shelf://rack:1";

  /** Makes it known, and the default. */
  public static Configuration into(Configuration conf) {
    conf.setClass("fs.shelf.impl", ShelfFileSystem.class, FileSystem.class);
    conf.set(FileSystem.FS_DEFAULT_NAME_KEY, HOME);
    return conf;
  }

  @Override
  public URI getUri() {
    return URI.create(HOME);
  }

  @Override
  public String getScheme() {
    return "shelf";
  }
}
