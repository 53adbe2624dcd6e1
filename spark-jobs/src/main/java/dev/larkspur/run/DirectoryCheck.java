package dev.larkspur.run;

import dev.larkspur.storage.BadInputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Finds out why nothing can be written to a directory, which Hadoop often does not say. */
public final class DirectoryCheck {
  private DirectoryCheck() {}

  /**
   * Makes sure that a directory that may not exist yet can be written.
   *
   * @throws UnusableDirectoryException if it cannot
   */
  static void require(FileSystem files, Path directory) throws IOException {
    Optional<String> problem =
        files instanceof RawLocalFileSystem local
            ? ofLocal(local.pathToFile(directory).getAbsoluteFile())
            : isFile(files, directory);
    if (problem.isPresent()) {
      throw new UnusableDirectoryException(
          "run.dir = %s cannot be used: %s".formatted(directory, problem.get()));
    }
  }

  /**
   * Makes sure that a directory of this machine that may not exist yet can be written.
   *
   * @param setting that names it, for messages
   * @throws UnusableDirectoryException if it cannot
   */
  public static void requireLocal(String setting, String directory) {
    Optional<String> problem = ofLocal(new File(directory).getAbsoluteFile());
    if (problem.isPresent()) {
      throw new UnusableDirectoryException(
          "%s = %s cannot be used: %s".formatted(setting, directory, problem.get()));
    }
  }

  /** One request, where a status would take two. */
  @SuppressWarnings("deprecation")
  private static Optional<String> isFile(FileSystem files, Path directory) throws IOException {
    return files.isFile(directory) ? Optional.of(isFile(directory.toString())) : Optional.empty();
  }

  private static String isFile(String path) {
    return path + " is a file, not a directory. Name another directory";
  }

  private static Optional<String> ofLocal(File directory) {
    File existing = directory;
    while (!existing.exists() && existing.getParentFile() != null) {
      existing = existing.getParentFile();
    }
    if (!existing.isDirectory()) {
      return Optional.of(isFile(existing.toString()));
    }
    if (Files.isWritable(existing.toPath())) {
      return Optional.empty();
    }
    try {
      Files.delete(Files.createTempFile(existing.toPath(), "larkspur", ".tmp"));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s %s".formatted(existing, reason(e)));
    }
  }

  /** Why a directory cannot be written, and what helps. */
  static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "may not be written by user %s (permission denied). Give this user the right to write there, or name another directory"
          .formatted(System.getProperty("user.name"));
    }
    String why =
        failure instanceof FileSystemException named && named.getReason() != null
            ? named.getReason()
            : failure.toString();
    return "cannot be written (%s). Name a directory on another file system".formatted(why);
  }

  /** The run directory can never be used as it is; the message names the cause and what to do. */
  public static final class UnusableDirectoryException extends BadInputException {
    private static final long serialVersionUID = 1L;

    UnusableDirectoryException(String message) {
      super(message);
    }
  }
}
