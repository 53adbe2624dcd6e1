package dev.larkspur.corpus;

import dev.larkspur.corpus.ManifestHistory.ManifestName.PaddedNumber;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.ExclusiveFile;
import dev.larkspur.storage.ExclusiveFile.Uploads;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.RawFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The directory of a corpus on any Hadoop file system. */
public final class CorpusDirectory {
  public static final String REJECTED = "rejected";
  public static final String DROPPED = "dropped";

  /** Directories of records that are not in the corpus. */
  public static final List<String> EXCLUDED = List.of(REJECTED, DROPPED);

  private final Path directory;
  private final FileSystem files;

  public CorpusDirectory(String directory, Configuration conf) {
    try {
      this.directory = QualifiedPath.of(directory, conf);
      this.files = RawFiles.of(this.directory, conf);
    } catch (IOException | IllegalArgumentException failure) {
      throw new BadInputException(
          "Cannot use "
              + directory
              + " as a corpus ("
              + failure.getMessage()
              + "): correct the path or the settings of its file system.",
          failure);
    }
  }

  /** The qualified path, which means the same in every process. */
  public Path root() {
    return directory;
  }

  public FileSystem files() {
    return files;
  }

  /**
   * The subdirectory of a part in a directory that all parts share; the first part uses the
   * directory itself.
   */
  public static String ofPart(String shared, int part) {
    return part == 1 ? shared : shared + "/" + PaddedNumber.of(part, 6);
  }

  public Path path(String name) {
    return new Path(directory, name);
  }

  /** Names and lengths of all entries, ordered by name; empty if there is no such directory. */
  public SortedMap<String, FileStatus> list() throws IOException {
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

  /** Deletes the directory if it is empty. */
  public void deleteIfEmpty() throws IOException {
    if (list().isEmpty()) {
      files.delete(directory, false);
    }
  }

  byte[] read(String name) throws IOException {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    }
  }

  /**
   * Writes a file that must not exist; of two concurrent writers, one succeeds.
   *
   * @throws org.apache.hadoop.fs.FileAlreadyExistsException if there is one of that name
   */
  public void createNew(String name, byte[] bytes) throws IOException {
    ExclusiveFile.write(files, path(name), bytes);
  }

  /** Writes a file, replacing one of the same name. */
  void replace(String name, byte[] bytes) throws IOException {
    try (OutputStream out = NewFile.create(files, path(name))) {
      out.write(bytes);
    }
  }

  public void delete(String name) throws IOException {
    // Rejected and dropped records are directories.
    files.delete(path(name), true);
  }

  /**
   * Aborts multipart uploads that killed runs have left, which an object store would keep and
   * charge for.
   */
  public void abortUploads() throws IOException {
    Uploads.abortBelow(files, directory);
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  /** The remedy in messages about damaged files. */
  static final class Damage {
    static final String REMEDY =
        ": restore the file from an intact copy, or delete the corpus and prepare again, which"
            + " gives the same bytes.";

    /**
     * The remedy for manifests, which cannot be prepared again beside the shards that they list.
     */
    static final String MANIFEST =
        ": restore the file from an intact copy. Without it, the content of the corpus is unknown;"
            + " nothing was deleted.";

    private Damage() {}
  }
}
