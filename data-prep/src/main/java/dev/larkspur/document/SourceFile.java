package dev.larkspur.document;

import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Lists and opens document files with any names. */
final class SourceFile {
  private static final Pattern GLOB = Pattern.compile("[*?\\[{\\\\]");

  private SourceFile() {}

  /** Files that match a path or glob; null or empty if there are none. */
  static FileStatus[] matches(FileSystem files, Path pattern, Configuration conf)
      throws IOException {
    if (pattern.toUri().getPath().indexOf(':') < 0 || GLOB.matcher(pattern.toString()).find()) {
      return files.globStatus(pattern);
    }
    // Hadoop takes a colon in a component of a glob for the end of a scheme.
    try {
      return new FileStatus[] {files(pattern, conf).getFileStatus(pattern)};
    } catch (FileNotFoundException none) {
      return new FileStatus[0];
    }
  }

  /** The reason why files cannot be listed. */
  static String reason(Exception failure) {
    String message = TaskFailures.rootMessage(failure);
    return message.startsWith("Relative path in absolute URI")
        ? "Hadoop cannot resolve globs that contain ':': "
            + message.substring(message.lastIndexOf(' ') + 1)
            + "; rename the file, or name its directory"
        : message;
  }

  static FSDataInputStream open(String file, Configuration conf) throws IOException {
    Path path = new Path(file);
    return files(path, conf).open(path);
  }

  /** Opens a Parquet file for Parquet's library. */
  static InputFile parquet(String file, Configuration conf) throws IOException {
    Path path = new Path(file);
    FileSystem files = files(path, conf);
    long length = files.getFileStatus(path).getLen();
    return new InputFile() {
      @Override
      public long getLength() {
        return length;
      }

      @Override
      public SeekableInputStream newStream() throws IOException {
        return HadoopStreams.wrap(files.open(path));
      }

      @Override
      public String toString() {
        return file;
      }
    };
  }

  /**
   * The file system of a path. Hadoop's checksummed local file system cannot name the checksum file
   * of a name with a colon.
   */
  static FileSystem files(Path path, Configuration conf) throws IOException {
    return path.getName().indexOf(':') < 0
        ? PrivateBuffers.fileSystem(path, conf)
        : RawFiles.of(path, conf);
  }
}
