package dev.larkspur.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory for unpacked native libraries. Only this user may write to it, because this process
 * runs code from it.
 */
final class NativeFolder {
  /** JavaCPP's own setting, a system property. */
  static final String SETTING = "org.bytedeco.javacpp.cachedir";

  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private NativeFolder() {}

  /**
   * The folder, which exists afterwards: below the one that {@value #SETTING} names; without it
   * below the user's home directory, or below the temporary folder if that is not usable.
   *
   * @param name of the folder, unique for each library that needs its own
   * @throws IOException if there is none; the message gives the reason of each
   */
  static Path open(String name) throws IOException {
    String chosen = System.getProperty(SETTING);
    if (chosen != null) {
      Path folder = Path.of(chosen).toAbsolutePath();
      try {
        Files.createDirectories(folder);
        return own(folder.resolve(name));
      } catch (IOException failure) {
        throw new IOException(reason(failure), failure);
      }
    }
    return open(
        name,
        Path.of(System.getProperty("user.home")),
        Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Like {@link #open(String)}, without the setting. */
  static Path open(String name, Path home, Path temporary) throws IOException {
    List<String> reasons = new ArrayList<>();
    try {
      Path cache = home.resolve(".cache").resolve("larkspur").toAbsolutePath();
      Files.createDirectories(cache);
      return own(cache.resolve(name));
    } catch (IOException failure) {
      // Executors often run as users without a home.
      reasons.add(reason(failure));
    }
    try {
      Path shared = temporary.resolve("larkspur-" + System.getProperty("user.name"));
      return own(own(shared.toAbsolutePath()).resolve(name));
    } catch (IOException failure) {
      // Another user may have created a directory of that name; use an unpredictable name.
      reasons.add(reason(failure));
    }
    try {
      Path once = Files.createTempDirectory(temporary, "larkspur-").toAbsolutePath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAtExit(once)));
      return once;
    } catch (IOException failure) {
      reasons.add(reason(failure));
      throw new IOException(String.join("; ", reasons), failure);
    }
  }

  /** Creates a directory that only this user can enter, or checks that the existing one is such. */
  private static Path own(Path folder) throws IOException {
    try {
      return Files.createDirectory(folder, PRIVATE);
    } catch (FileAlreadyExistsException there) {
      PosixFileAttributes found =
          Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isDirectory()) {
        throw new FileSystemException(folder.toString(), null, "not a folder");
      }
      if (found.permissions().contains(PosixFilePermission.GROUP_WRITE)
          || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)
          || !found.owner().equals(user(folder))) {
        throw new FileSystemException(
            folder.toString(), null, "it belongs to another user, or others can write to it");
      }
      return folder;
    }
  }

  /**
   * The user of this process, as the owner of a file that it creates, because user names may be
   * missing.
   */
  private static UserPrincipal user(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "owner", null);
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + ": no permission to write";
    }
    return failure.getMessage();
  }

  /** Deletes a directory recursively, if it exists. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  private static void deleteAtExit(Path folder) {
    try {
      delete(folder);
    } catch (IOException failure) {
      // The process ends; cleaning of temporary directories removes it.
    }
  }
}
