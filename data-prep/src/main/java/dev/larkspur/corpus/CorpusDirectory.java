package dev.larkspur.corpus;

import dev.larkspur.document.RawFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The directory of a corpus on any Hadoop file system. */
final class CorpusDirectory {
  static final String MANIFEST = "manifest.json";
  static final String TOKENIZER = "tokenizer.json";

  private final Path directory;
  private final FileSystem files;

  CorpusDirectory(String directory, Configuration conf) {
    try {
      this.directory = new Path(directory);
      this.files = RawFiles.of(this.directory, conf);
    } catch (IOException | IllegalArgumentException failure) {
      throw new CorpusException(
          "Cannot use "
              + directory
              + " as a corpus ("
              + failure.getMessage()
              + "): correct the path or the settings of its file system.",
          failure);
    }
  }

  FileSystem files() {
    return files;
  }

  Path path(String name) {
    return new Path(directory, name);
  }

  /** Names and lengths of all entries, ordered by name; empty if there is no such directory. */
  SortedMap<String, FileStatus> list() throws IOException {
    SortedMap<String, FileStatus> entries = new TreeMap<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        entries.put(status.getPath().getName(), status);
      }
    } catch (FileNotFoundException none) {
      return entries;
    }
    return entries;
  }

  void make() throws IOException {
    files.mkdirs(directory);
  }

  byte[] read(String name) throws IOException {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    }
  }

  void write(String name, byte[] bytes) throws IOException {
    try (OutputStream out = files.create(path(name), false)) {
      out.write(bytes);
    }
  }

  void delete(String name) throws IOException {
    // Rejected and dropped records are directories.
    files.delete(path(name), true);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
