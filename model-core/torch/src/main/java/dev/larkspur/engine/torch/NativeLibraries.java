package dev.larkspur.engine.torch;

import dev.larkspur.engine.NativeLibraryException;
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
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_gloo;

/**
 * LibTorch's native libraries: unpacked by the first process of a user that needs them, loaded by
 * each.
 *
 * <p>JavaCPP locks each file while it unpacks it, but the system's linker knows no locks: it loads
 * a library together with those it depends on, maps one that another process is still writing, and
 * the process dies with SIGBUS. So the first process holds one lock until everything is there, and
 * what a killed one left is removed.
 */
final class NativeLibraries {
  private static final String LOCK = "lock";
  private static final String COMPLETE = "complete";
  private static final String UNPACKED = "unpacked";

  private static boolean loaded;

  private NativeLibraries() {}

  /**
   * Loads them, once a process.
   *
   * @throws NativeLibraryException if there is no folder for them, or they do not run here
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    String place = "a folder";
    try {
      Path folder = NativeFolder.open(name());
      place = folder.toString();
      load(folder);
      loaded = true;
    } catch (IOException failure) {
      throw new NativeLibraryException(
          "LibTorch's native libraries cannot be unpacked (%s): set -D%s to a folder that this user can write, on executors by spark.executor.extraJavaOptions"
              .formatted(failure.getMessage(), NativeFolder.SETTING),
          failure);
    } catch (LinkageError failure) {
      throw new NativeLibraryException(
          "LibTorch's native libraries do not load from %s (%s): check that the jar was built on this kind of machine, that the disk is not full, and that programs may run from this folder, or set -D%s to another"
              .formatted(place, failure.getMessage(), NativeFolder.SETTING),
          failure);
    }
  }

  private static void load(Path folder) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      // Once everything is there, processes need not wait for each other.
      try (FileLock shared = channel.lock(0, Long.MAX_VALUE, true)) {
        if (isComplete(folder)) {
          link(folder);
          return;
        }
      }
      try (FileLock exclusive = channel.lock()) {
        if (!isComplete(folder)) {
          NativeFolder.delete(folder.resolve(UNPACKED));
        }
        link(folder);
        complete(folder);
      }
    }
  }

  /** Unpacks what is missing, and loads. */
  private static void link(Path folder) {
    String before = System.getProperty(NativeFolder.SETTING);
    System.setProperty(NativeFolder.SETTING, folder.resolve(UNPACKED).toString());
    try {
      Loader.load(torch.class);
      Loader.load(openblas_nolapack.class);
      Loader.load(torch_gloo.class);
    } finally {
      if (before == null) {
        System.clearProperty(NativeFolder.SETTING);
      } else {
        System.setProperty(NativeFolder.SETTING, before);
      }
    }
  }

  /**
   * Whether all files are there that {@link #complete} found: other programs clean caches up. There
   * may be more: what else the process loads with JavaCPP, such as another engine, is unpacked into
   * the folder that JavaCPP used first.
   */
  static boolean isComplete(Path folder) throws IOException {
    Path list = folder.resolve(COMPLETE);
    if (!Files.exists(list)) {
      return false;
    }
    List<String> expected = Files.readAllLines(list);
    return !expected.isEmpty() && files(folder.resolve(UNPACKED)).containsAll(expected);
  }

  static void complete(Path folder) throws IOException {
    Path writing = folder.resolve(COMPLETE + ".new");
    Files.write(writing, files(folder.resolve(UNPACKED)));
    Files.move(writing, folder.resolve(COMPLETE), StandardCopyOption.ATOMIC_MOVE);
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
   * What to call the folder: another for other libraries, and for another jar, as JavaCPP unpacks
   * the same libraries once for each name of a jar.
   */
  static String name() throws IOException {
    String platform = Loader.getPlatform();
    String library = System.mapLibraryName("jnitorch");
    URL found = torch.class.getResource("/org/bytedeco/pytorch/" + platform + "/" + library);
    if (found == null || !(found.openConnection() instanceof JarURLConnection connection)) {
      return "libtorch-" + platform;
    }
    String jar = Path.of(connection.getJarFile().getName()).getFileName().toString();
    return "libtorch-%s-%08x-%08x"
        .formatted(platform, jar.hashCode(), connection.getJarEntry().getCrc());
  }
}
