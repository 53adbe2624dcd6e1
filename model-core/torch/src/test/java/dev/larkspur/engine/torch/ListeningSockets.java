package dev.larkspur.engine.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** On which addresses a process accepts connections, by the files in which Linux says so. */
final class ListeningSockets {
  /** 127.0.0.1, as the kernel writes it. */
  static final String LOOPBACK = "0100007F:";

  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final String LISTENS = "0A";
  private static final String IPV4_MAPPED = "0000000000000000FFFF0000";
  private static final int ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private ListeningSockets() {}

  static boolean areKnown() {
    return Files.exists(OPEN) && TABLES.stream().allMatch(Files::exists);
  }

  static List<String> ofThisProcess() {
    try {
      Set<String> own = own();
      List<String> addresses = new ArrayList<>();
      for (Path table : TABLES) {
        for (String line : Files.readAllLines(table)) {
          String[] fields = line.strip().split("\\s+", -1);
          if (fields[STATE].equals(LISTENS) && own.contains("socket:[" + fields[INODE] + "]")) {
            addresses.add(fields[ADDRESS].replace(IPV4_MAPPED, ""));
          }
        }
      }
      return addresses;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> own() throws IOException {
    Set<String> links = new HashSet<>();
    try (Stream<Path> files = Files.list(OPEN)) {
      for (Path file : files.toList()) {
        // The one that lists the directory is gone by now.
        if (Files.isSymbolicLink(file)) {
          links.add(Files.readSymbolicLink(file).toString());
        }
      }
    }
    return links;
  }
}
