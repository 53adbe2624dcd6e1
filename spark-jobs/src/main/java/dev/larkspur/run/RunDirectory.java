package dev.larkspur.run;

import dev.larkspur.run.DirectoryCheck.UnusableDirectoryException;
import dev.larkspur.storage.ExclusiveFile;
import dev.larkspur.storage.ExclusiveFile.Uploads;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.Lease.LeasePurpose;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.RawFiles;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.spark.api.java.JavaSparkContext;

/** The directory that a run leaves everything in. All names are relative to it. */
public final class RunDirectory {
  /** The settings of the run, complete. */
  public static final String CONFIG = "config.conf";

  /** What came of it. */
  public static final String SUMMARY = "summary.json";

  /** Ends the name of a file that is being written. */
  private static final String PART = ".part";

  private final FileSystem files;
  private final Path root;

  /**
   * A directory that may not exist yet.
   *
   * @throws StoreException if its file system cannot be reached
   */
  public RunDirectory(String directory, Configuration conf) {
    try {
      root = QualifiedPath.of(directory, conf);
      files = RawFiles.of(root, conf);
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException(
          "run.dir = %s cannot be used (%s): correct the path or the settings of its file system"
              .formatted(directory, e.getMessage()),
          e);
    }
  }

  /**
   * Refuses paths that would be relative to a directory of the cluster.
   *
   * @throws dev.larkspur.storage.BadInputException naming the first
   */
  public static void refuseRelative(JavaSparkContext spark, String... paths) {
    try {
      SharedFiles.refuseRelative(spark, List.of(paths));
    } catch (IOException e) {
      throw new StoreException("cannot reach the file system of one of " + List.of(paths), e);
    }
  }

  /**
   * Makes sure that all executors see this directory.
   *
   * @throws dev.larkspur.storage.BadInputException if one does not
   */
  public void requireShared(JavaSparkContext spark) {
    try {
      SharedFiles.requireShared(spark, files, root);
    } catch (IOException e) {
      throw cannot("write to", "", e);
    }
  }

  /**
   * Makes sure that all executors see files that they will read.
   *
   * @param read qualified
   * @throws dev.larkspur.storage.BadInputException if one does not
   */
  public static void requireSeen(JavaSparkContext spark, Path... read) {
    try {
      SharedFiles.requireSeen(spark, List.of(read));
    } catch (IOException e) {
      throw new StoreException("cannot look for " + List.of(read) + ": " + e.getMessage(), e);
    }
  }

  /** Whether it lies in the file system of a host, which other hosts may not see. */
  boolean isOfHost() {
    return "file".equals(root.toUri().getScheme());
  }

  /** Whether there is a file of this name. */
  public boolean has(String name) {
    try {
      return files.exists(path(name));
    } catch (IOException e) {
      throw cannot("look for", name, e);
    }
  }

  /**
   * Whether there is a file of this name: where others ask twice, one request to an object store.
   */
  @SuppressWarnings("deprecation")
  public boolean hasFile(String name) {
    try {
      return files.isFile(path(name));
    } catch (IOException e) {
      throw cannot("look for", name, e);
    }
  }

  /** The whole content of a small file. */
  public byte[] read(String name) {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  /** The whole content of a small text file. */
  public String readText(String name) {
    return new String(read(name), StandardCharsets.UTF_8);
  }

  /** Writes a small file, over one of the same name. */
  public void write(String name, byte[] content) {
    try (OutputStream out = create(name)) {
      out.write(content);
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  /** Writes a small text file, over one of the same name. */
  public void write(String name, String content) {
    write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a small text file that outlasts a loss of power, before others are deleted for it. */
  public void writeSynced(String name, String content) {
    try (NewFile out = create(name)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
      out.sync();
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  /**
   * Writes a small text file that is there with all its content or not at all, also if this process
   * is killed meanwhile.
   */
  public void writeWhole(String name, String content) {
    if (NewFile.isWholeOnceThere(files)) {
      write(name, content);
      return;
    }
    String part = name + PART;
    write(part, content);
    try {
      if (!files.rename(path(part), path(name))) {
        throw new PathIOException(path(part).toString(), "it cannot be renamed");
      }
    } catch (IOException e) {
      delete(part);
      throw cannot("write", name, e);
    }
  }

  /**
   * Writes a small file that must not exist; where two try, one succeeds.
   *
   * @throws org.apache.hadoop.fs.FileAlreadyExistsException if there is one of that name
   */
  void createNew(String name, byte[] content) throws IOException {
    ExclusiveFile.write(files, path(name), content);
  }

  /**
   * Takes the right to do some work in this directory.
   *
   * @param beat time between two signs of life
   * @param onLoss run if another process takes it over because this one stood still
   * @throws dev.larkspur.storage.TryAgainException if another process has it
   * @throws UnusableDirectoryException if nothing can be written there
   */
  public Lease lease(LeasePurpose work, Duration beat, Runnable onLoss) {
    try {
      DirectoryCheck.require(files, root);
      return Lease.take(
          files, root, work, beat, pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()), onLoss);
    } catch (IOException e) {
      throw cannot("write to", "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for the lease of " + root, e);
    }
  }

  /**
   * Ends uploads of checkpoints that killed trainings have left, which an object store would keep
   * and charge for. Called while no other process writes checkpoints; what else is below the run,
   * such as a corpus, may be written meanwhile.
   */
  public void abortUploads() {
    try {
      Uploads.abortBelow(files, path(CheckpointName.ROOT));
    } catch (IOException e) {
      throw cannot("end the uploads below", CheckpointName.ROOT, e);
    }
  }

  /** The path of a name, for messages. */
  public Path path(String name) {
    return name.isEmpty() ? root : new Path(root, name);
  }

  NewFile create(String name) throws IOException {
    return NewFile.create(files, path(name));
  }

  /** Opens a file at a byte. */
  InputStream open(String name, long from) throws IOException {
    FSDataInputStream in = files.open(path(name));
    try {
      in.seek(from);
      return in;
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Names and lengths of what lies in a directory; nothing if there is no such directory. */
  public List<FileStatus> list(String name) {
    try {
      return Arrays.asList(files.listStatus(path(name)));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw cannot("list", name, e);
    }
  }

  /** Deletes a file, or a directory with all that is in it; fine if it is not there. */
  public void delete(String name) {
    try {
      files.delete(path(name), true);
    } catch (IOException e) {
      throw cannot("delete", name, e);
    }
  }

  StoreException cannot(String act, String name, IOException e) {
    return new StoreException(
        "cannot %s %s (%s): see that the disk has room and that run.dir may be written"
            .formatted(act, path(name), TaskFailures.rootMessage(e)),
        e);
  }

  /** The run directory cannot be read or written; the message names the file and what to do. */
  public static final class StoreException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
      super(message, cause, FAILURE);
    }
  }
}
