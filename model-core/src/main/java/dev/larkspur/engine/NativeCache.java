package dev.larkspur.engine;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder that JavaCPP unpacks the native libraries of the engines into: by the first process of
 * a user that needs them. All processes load them from there.
 *
 * <p>JavaCPP locks each file while it unpacks it, but the system's linker knows no locks: it loads
 * a library together with those it depends on, maps one that another process is still writing, and
 * the process dies with SIGBUS. So the first process holds one lock until everything is there, and
 * what a killed one left is removed.
 *
 * <p>JavaCPP has one folder for a process, so a second engine unpacks into that of the first.
 */
public final class NativeCache {
  /** JavaCPP's setting for the folder, a system property. */
  public static final String SETTING = NativeFolder.SETTING;

  private static final String LOCK = "lock";
  private static final String COMPLETE = "complete";
  private static final String UNPACKED = "unpacked";

  private static final Set<String> LOADED = new HashSet<>();
  private static String owner;
  private static Path folder;

  private NativeCache() {}

  /**
   * Loads libraries, once a process.
   *
   * @param name what to call them, as of {@link #name}
   * @param link unpacks by JavaCPP what is missing, and loads
   * @throws IOException if there is no folder for them; the message gives the reason
   * @throws LinkageError of {@code link}
   */
  public static synchronized void load(String name, Runnable link) throws IOException {
    if (LOADED.contains(name)) {
      return;
    }
    if (folder == null) {
      folder = NativeFolder.open(name);
      owner = name;
    }
    String list = name.equals(owner) ? COMPLETE : COMPLETE + "-" + name;
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      if (!loadComplete(channel, list, link)) {
        loadAll(channel, list, link);
      }
    }
    LOADED.add(name);
  }

  /** The folder of this process, for messages. */
  public static synchronized String place() {
    return folder == null ? "a folder" : folder.toString();
  }

  /** Once everything is there, processes need not wait for each other. */
  private static boolean loadComplete(FileChannel channel, String list, Runnable link)
      throws IOException {
    try (FileLock shared = channel.lock(0, Long.MAX_VALUE, true)) {
      boolean complete = isComplete(folder, list);
      if (complete) {
        run(link);
      }
      return complete;
    }
  }

  private static void loadAll(FileChannel channel, String list, Runnable link) throws IOException {
    try (FileLock exclusive = channel.lock()) {
      // This process may have loaded what is there, if it is not the first to load.
      if (LOADED.isEmpty() && !isComplete(folder, list)) {
        NativeFolder.delete(folder.resolve(UNPACKED));
      }
      run(link);
      complete(folder, list);
    }
  }

  private static void run(Runnable link) {
    String before = System.getProperty(SETTING);
    System.setProperty(SETTING, folder.resolve(UNPACKED).toString());
    try {
      link.run();
    } finally {
      if (before == null) {
        System.clearProperty(SETTING);
      } else {
        System.setProperty(SETTING, before);
      }
    }
  }

  /**
   * Whether all files are there that {@link #complete} found: other programs clean caches up. There
   * may be more, of another engine.
   *
   * @param list name of the file that lists them
   */
  static boolean isComplete(Path folder, String list) throws IOException {
    Path file = folder.resolve(list);
    if (!Files.exists(file)) {
      return false;
    }
    List<String> expected = Files.readAllLines(file);
    return !expected.isEmpty() && files(folder.resolve(UNPACKED)).containsAll(expected);
  }

  static void complete(Path folder, String list) throws IOException {
    Path writing = folder.resolve(list + ".new");
    Files.write(writing, files(folder.resolve(UNPACKED)));
    Files.move(writing, folder.resolve(list), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Sizes and names. */
  private static List<String> files(Path unpacked) throws IOException {
    if (!Files.isDirectory(unpacked)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(unpacked)) {
      return found
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.toFile().length() + " " + unpacked.relativize(file))
          .sorted()
          .toList();
    }
  }

  /**
   * A name for libraries: another for other libraries, and for another jar, as JavaCPP unpacks the
   * same libraries once for each name of a jar.
   *
   * @param library beginning of the name
   * @param file one of the libraries on the class path; null if it is not there
   */
  public static String name(String library, URL file) throws IOException {
    if (file == null || !(file.openConnection() instanceof JarURLConnection connection)) {
      return library;
    }
    String jar = Path.of(connection.getJarFile().getName()).getFileName().toString();
    return "%s-%08x-%08x".formatted(library, jar.hashCode(), connection.getJarEntry().getCrc());
  }
}
