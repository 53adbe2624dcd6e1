package dev.larkspur.run;

import dev.larkspur.run.DirectoryCheck.UnusableDirectoryException;
import dev.larkspur.storage.ExclusiveFile;
import dev.larkspur.storage.ExclusiveFile.Uploads;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.Lease;
import dev.larkspur.storage.Lease.LeasePurpose;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.ObservedLease;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.spark.api.java.JavaSparkContext;

/** The directory of a run. All names are relative to it. */
public final class RunDirectory {
  /** All settings of the run. */
  public static final String CONFIG = "config.conf";

  /** The summary of the run. */
  public static final String SUMMARY = "summary.json";

  /** Suffix of the name of a file that is being written. */
  private static final String PART = ".part";

  private final FileSystem files;
  private final Path root;

  /**
   * A directory, which need not exist yet.
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

  /** The configuration of its file system. */
  public Configuration hadoop() {
    return files.getConf();
  }

  /**
   * Refuses relative paths where the cluster chooses the working directory of the driver.
   *
   * @throws dev.larkspur.storage.BadInputException naming the first relative path
   */
  public static void refuseRelative(JavaSparkContext spark, String... paths) {
    try {
      SharedFiles.refuseRelative(spark, List.of(paths));
    } catch (IOException e) {
      throw new StoreException("cannot reach the file system of one of " + List.of(paths), e);
    }
  }

  /**
   * Checks that all executors see this directory.
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
   * Checks that all executors see files that they will read.
   *
   * @param read qualified paths
   * @throws dev.larkspur.storage.BadInputException if one does not
   */
  public static void requireSeen(JavaSparkContext spark, Path... read) {
    try {
      SharedFiles.requireSeen(spark, List.of(read));
    } catch (IOException e) {
      throw new StoreException("cannot access " + List.of(read) + ": " + e.getMessage(), e);
    }
  }

  /** Whether the directory is on a local file system, which other hosts may not see. */
  boolean isLocal() {
    return "file".equals(root.toUri().getScheme());
  }

  /** Whether there is a file or directory of this name. */
  public boolean has(String name) {
    try {
      return files.exists(path(name));
    } catch (IOException e) {
      throw cannot("access", name, e);
    }
  }

  /**
   * Whether there is a file of this name; one request to an object store, where {@link #has} takes
   * two.
   */
  @SuppressWarnings("deprecation")
  public boolean hasFile(String name) {
    try {
      return files.isFile(path(name));
    } catch (IOException e) {
      throw cannot("access", name, e);
    }
  }

  /** Reads a small file. */
  public byte[] read(String name) {
    try (InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  /** Reads a small text file. */
  public String readText(String name) {
    return new String(read(name), StandardCharsets.UTF_8);
  }

  /** Writes a small file, replacing one of the same name. */
  public void write(String name, byte[] content) {
    try (OutputStream out = create(name)) {
      out.write(content);
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  /** Writes a small text file, replacing one of the same name. */
  public void write(String name, String content) {
    write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a small text file that survives a power failure. */
  public void writeSynced(String name, String content) {
    try (NewFile out = create(name)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
      out.sync();
    } catch (IOException e) {
      throw cannot("write", name, e);
    }
  }

  /** Writes a small text file atomically: it appears with its complete content or not at all. */
  public void writeAtomically(String name, String content) {
    if (NewFile.isVisibleOnlyWhenComplete(files)) {
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
   * Writes a small file that must not exist; of two concurrent writers, one succeeds.
   *
   * @throws org.apache.hadoop.fs.FileAlreadyExistsException if it exists
   */
  void createNew(String name, byte[] content) throws IOException {
    ExclusiveFile.write(files, path(name), content);
  }

  /**
   * Takes a lease on this directory.
   *
   * @param interval time between renewals
   * @param onLoss run if another process takes over the lease, for example after this process was
   *     suspended
   * @throws dev.larkspur.storage.TryAgainException if another process holds it
   * @throws UnusableDirectoryException if the directory is not writable
   */
  public Lease lease(LeasePurpose work, Duration interval, Runnable onLoss) {
    try {
      DirectoryCheck.require(files, root);
      return Lease.take(
          files,
          root,
          work,
          interval,
          pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()),
          onLoss);
    } catch (IOException e) {
      throw cannot("write to", "", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for the lease of " + root, e);
    }
  }

  /**
   * The lease on this directory that another process holds, or has left.
   *
   * @throws StoreException if the directory cannot be read
   */
  public Optional<ObservedLease> observe(LeasePurpose work) {
    try {
      return ObservedLease.newest(files, root, work);
    } catch (IOException e) {
      throw cannot("read", "", e);
    }
  }

  /** When a file was last written, by the clock of the file system; empty if there is none. */
  public Optional<Instant> written(String name) {
    try {
      return Optional.of(
          Instant.ofEpochMilli(files.getFileStatus(path(name)).getModificationTime()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw cannot("access", name, e);
    }
  }

  /**
   * Aborts multipart uploads of checkpoints that killed trainings have left, which an object store
   * would keep and charge for. No other process may write checkpoints at the same time; other files
   * below the run, such as a corpus, may be written.
   */
  public void abortUploads() {
    try {
      Uploads.abortBelow(files, path(CheckpointName.ROOT));
    } catch (IOException e) {
      throw cannot("abort the uploads below", CheckpointName.ROOT, e);
    }
  }

  /** The path of a name, for messages. */
  public Path path(String name) {
    return name.isEmpty() ? root : new Path(root, name);
  }

  NewFile create(String name) throws IOException {
    return NewFile.create(files, path(name));
  }

  /** Opens a file at an offset, in bytes. */
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

  /** Opens a file of any size. */
  public InputStream stream(String name) {
    try {
      return open(name, 0);
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  /** Length of a file, in bytes. */
  public long length(String name) {
    try {
      return files.getFileStatus(path(name)).getLen();
    } catch (IOException e) {
      throw cannot("read", name, e);
    }
  }

  /** Status of all entries of a directory; empty if it does not exist. */
  public List<FileStatus> list(String name) {
    try {
      return Arrays.asList(files.listStatus(path(name)));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw cannot("list", name, e);
    }
  }

  /** Deletes a file, or a directory recursively; does nothing if it does not exist. */
  public void delete(String name) {
    try {
      files.delete(path(name), true);
    } catch (IOException e) {
      throw cannot("delete", name, e);
    }
  }

  StoreException cannot(String action, String name, IOException e) {
    return new StoreException(
        "cannot %s %s (%s): check that the disk has free space and that run.dir is writable"
            .formatted(action, path(name), TaskFailures.rootMessage(e)),
        e);
  }

  /** The run directory cannot be read or written; the message names the file and the remedy. */
  public static final class StoreException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
      super(message, cause, FAILURE);
    }
  }
}
