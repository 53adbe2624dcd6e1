package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without modes of its own: new files and directories have those that the
 * process gives them. Hadoop starts a {@code chmod} for each; a Ctrl-C in the terminal ends that as
 * well, and the file would not be written.
 */
public final class LocalFiles extends RawLocalFileSystem {

  /** Like one that Hadoop has made. */
  public static LocalFiles like(FileSystem files, Configuration conf) throws IOException {
    LocalFiles local = new LocalFiles();
    local.initialize(files.getUri(), conf);
    return local;
  }

  @Override
  public void setPermission(Path path, FsPermission permission) {}
}
