package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

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
}
