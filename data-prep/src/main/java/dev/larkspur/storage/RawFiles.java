package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** File systems for files that carry checksums of their own. */
public final class RawFiles {
  private RawFiles() {}

  /** The file system of a path; of the local one, the form that makes no {@code .crc} files. */
  public static FileSystem of(Path path, Configuration conf) throws IOException {
    FileSystem files = PrivateBuffers.fileSystem(path, conf);
    if (files instanceof LocalFileSystem) {
      return LocalFiles.like(files, conf);
    }
    return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
  }

  /**
   * The local file system without modes of its own: new files and directories have those that the
   * process gives them. Hadoop starts a {@code chmod} for each; a Ctrl-C in the terminal ends that
   * as well, and the file would not be written.
   */
  public static final class LocalFiles extends RawLocalFileSystem {

    /** Like one that Hadoop has made. */
    public static LocalFiles like(FileSystem files, Configuration conf) throws IOException {
      LocalFiles local = new LocalFiles();
      local.initialize(files.getUri(), conf);
      return local;
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {}
  }
}
