package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** File systems for files that contain their own checksums. */
public final class RawFiles {
  private RawFiles() {}

  /** The file system of a path; the local one in the form that writes no {@code .crc} files. */
  public static FileSystem of(Path path, Configuration conf) throws IOException {
    FileSystem files = PrivateBuffers.fileSystem(path, conf);
    if (files instanceof LocalFileSystem) {
      return LocalFiles.like(files, conf);
    }
    return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
  }

  /**
   * The local file system without setting modes: new files and directories get those of the
   * process's umask. Hadoop starts a {@code chmod} process for each; a Ctrl-C in the terminal would
   * kill it too, and the file would not be written.
   */
  public static final class LocalFiles extends RawLocalFileSystem {

    /** A local file system configured like one of Hadoop's. */
    public static LocalFiles like(FileSystem files, Configuration conf) throws IOException {
      LocalFiles local = new LocalFiles();
      local.initialize(files.getUri(), conf);
      return local;
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {}
  }
}
