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

/** Determines why a directory is not writable, which messages of Hadoop often omit. */
public final class DirectoryCheck {
  private DirectoryCheck() {}

  /**
   * Checks that a directory, which need not exist yet, is writable.
   *
   * @throws UnusableDirectoryException if it is not
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
   * Checks that a local directory, which need not exist yet, is writable.
   *
   * @param setting key of the setting, for messages
   * @throws UnusableDirectoryException if it is not
   */
  public static void requireLocal(String setting, String directory) {
    Optional<String> problem = ofLocal(new File(directory).getAbsoluteFile());
    if (problem.isPresent()) {
      throw new UnusableDirectoryException(
          "%s = %s cannot be used: %s".formatted(setting, directory, problem.get()));
    }
  }

  /** Takes one request; a file status would take two. */
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

  /** Why a directory is not writable, and the remedy. */
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

  /** The directory cannot be used; the message gives the cause and the remedy. */
  public static final class UnusableDirectoryException extends BadInputException {
    private static final long serialVersionUID = 1L;

    UnusableDirectoryException(String message) {
      super(message);
    }
  }
}
