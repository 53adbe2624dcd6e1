package dev.larkspur.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The local directory where the client of an object store buffers uploads: private to this process,
 * and readable only by its user. Hadoop's default directory is predictable, world-readable, and
 * keeps what killed processes leave; here, the next process deletes it.
 */
public final class PrivateBuffers {
  private static final String SCHEME = "s3a";
  private static final String SETTING = "fs.s3a.buffer.dir";

  /** The directory that this class has chosen, in this process or on the driver. */
  private static final String CHOSEN = "larkspur.s3a.buffer.dir";

  private static final String DEFAULTS = "core-default.xml";
  private static final String PREFIX = "larkspur-buffers-";

  /** Name prefix of a directory that is being created: it is not deleted before it is locked. */
  private static final String UNLOCKED = "larkspur-new-buffers-";

  private static final String LOCK = "lock";

  private static PrivateBuffers ofThisProcess;

  private final Path directory;

  /** Held until the process ends, in whatever way. */
  @SuppressWarnings("unused")
  private final FileLock lock;

  private PrivateBuffers(Path directory, FileLock lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * The file system of a path. A file system reads the buffer directory when it is first created,
   * and is then cached for the process, so all code must get it here.
   */
  public static FileSystem fileSystem(org.apache.hadoop.fs.Path path, Configuration conf)
      throws IOException {
    choose(path, conf);
    return path.getFileSystem(conf);
  }

  /** Chooses the buffer directory for a path's file system, unless the user has set one. */
  static void choose(org.apache.hadoop.fs.Path path, Configuration conf) {
    if (SCHEME.equals(scheme(path, conf)) && isFree(conf)) {
      String directory = ofThisProcess().directory.toString();
      conf.set(SETTING, directory);
      conf.set(CHOSEN, directory);
    }
  }

  private static String scheme(org.apache.hadoop.fs.Path path, Configuration conf) {
    String given = path.toUri().getScheme();
    return given == null ? FileSystem.getDefaultUri(conf).getScheme() : given;
  }

  /**
   * Whether the user has set no directory; settings of the driver, with its own choice, reach the
   * executors.
   */
  private static boolean isFree(Configuration conf) {
    String[] sources = conf.getPropertySources(SETTING);
    return sources == null
        || Arrays.asList(sources).contains(DEFAULTS)
        || conf.get(SETTING).equals(conf.get(CHOSEN));
  }

  private static synchronized PrivateBuffers ofThisProcess() {
    if (ofThisProcess == null) {
      ofThisProcess = in(Path.of(System.getProperty("java.io.tmpdir")));
      deleteAtTheEnd(ofThisProcess.directory);
    }
    return ofThisProcess;
  }

  /**
   * Deletes a directory after file systems are closed: until then the last checkpoint may still be
   * uploading.
   */
  private static void deleteAtTheEnd(Path directory) {
    ShutdownHookManager hooks = ShutdownHookManager.get();
    if (!hooks.isShutdownInProgress()) {
      hooks.addShutdownHook(
          () -> FileUtils.deleteQuietly(directory.toFile()), FileSystem.SHUTDOWN_HOOK_PRIORITY - 1);
    }
  }

  /** Creates a directory, and deletes those of processes that have ended. */
  static PrivateBuffers in(Path temporary) {
    try {
      deleteAbandoned(temporary);
      Path unlocked = Files.createTempDirectory(temporary, UNLOCKED);
      FileChannel channel =
          FileChannel.open(
              unlocked.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      FileLock lock = channel.lock();
      String name = unlocked.getFileName().toString().replace(UNLOCKED, PREFIX);
      Path directory = unlocked.resolveSibling(name);
      return new PrivateBuffers(
          Files.move(unlocked, directory, StandardCopyOption.ATOMIC_MOVE), lock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create a directory for uploads to an object store in "
              + temporary
              + " ("
              + e
              + "): set java.io.tmpdir, or spark.hadoop."
              + SETTING
              + ", to a directory that can be written",
          e);
    }
  }

  Path directory() {
    return directory;
  }

  private static void deleteAbandoned(Path temporary) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(temporary, PREFIX + "*")) {
      for (Path directory : found) {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) && isAbandoned(directory)) {
          FileUtils.deleteQuietly(directory.toFile());
        }
      }
    }
  }

  private static boolean isAbandoned(Path directory) {
    try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (OverlappingFileLockException ours) {
      return false;
    } catch (IOException foreign) {
      // The directory belongs to another user, or is not one of ours.
      return false;
    }
  }
}
