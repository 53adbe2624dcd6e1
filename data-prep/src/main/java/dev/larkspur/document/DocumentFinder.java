package dev.larkspur.document;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Finds the document files below paths. A file or directory with several names, through symbolic
 * links, is found once, under the alphabetically first name, so cycles of links are harmless.
 */
final class DocumentFinder {
  private static final String LOCAL = "file";

  private final SortedMap<String, Long> found = new TreeMap<>();
  private final Map<String, String> realPaths = new HashMap<>(); // name to real path
  private final Set<String> files = new HashSet<>(); // real paths
  private final Map<String, Boolean> directories = new HashMap<>(); // real path to: has files

  /** Adds a file, or all files below a directory; returns whether there is any. */
  boolean add(FileSystem system, FileStatus status) throws IOException {
    String real = resolved(status.getPath());
    if (!status.isDirectory()) {
      if (files.add(real)) {
        found.put(status.getPath().toString(), status.getLen());
        realPaths.put(status.getPath().toString(), real);
      }
      return true;
    }
    if (directories.containsKey(real)) {
      return directories.get(real);
    }
    directories.put(real, false);
    FileStatus[] children = system.listStatus(status.getPath());
    Arrays.sort(children, Comparator.comparing(FileStatus::getPath));
    boolean any = false;
    for (FileStatus child : children) {
      String name = child.getPath().getName();
      if (!name.startsWith("_") && !name.startsWith(".")) {
        any |= add(system, child);
      }
    }
    directories.put(real, any);
    return any;
  }

  /** The files, ordered by name, and their lengths. */
  SortedMap<String, Long> found() {
    return found;
  }

  /** The path of a file with links resolved. */
  String realPath(String name) {
    return realPaths.get(name);
  }

  private static String resolved(Path path) throws IOException {
    if (!LOCAL.equals(path.toUri().getScheme())) {
      return path.toString();
    }
    java.nio.file.Path local = java.nio.file.Path.of(path.toUri().getPath());
    return Files.exists(local) ? local.toRealPath().toString() : path.toString();
  }
}
