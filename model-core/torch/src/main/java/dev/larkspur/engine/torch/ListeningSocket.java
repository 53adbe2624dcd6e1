package dev.larkspur.engine.torch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A TCP port that listens on one address of this host. LibTorch's sockets listen on all addresses,
 * but it can take over an open one.
 */
final class ListeningSocket implements AutoCloseable {
  private static final int BACKLOG = 4096;

  /** Linux's tables of sockets, with state 0A for those that listen. */
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final String LISTENS = "0A";
  private static final int ADDRESS_COLUMN = 1;
  private static final int STATE_COLUMN = 3;
  private static final int INODE_COLUMN = 9;

  private final ServerSocketChannel channel;

  private ListeningSocket(ServerSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a port.
   *
   * @param address of this host
   * @param port 0 for any that is free
   * @throws IOException if it is taken or not allowed
   */
  static ListeningSocket open(InetAddress address, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(address, port), BACKLOG);
      return new ListeningSocket(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  int port() throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  /**
   * The file descriptor, which Java does not expose; empty on systems other than Linux. The new
   * owner closes it, and nobody else may; Java does not close channels by itself.
   */
  OptionalInt descriptor() throws IOException {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return OptionalInt.empty();
    }
    Set<String> links = links();
    try (Stream<Path> files = Files.list(DESCRIPTORS)) {
      for (Path file : files.toList()) {
        // The descriptor that the directory was read through is closed by now.
        if (Files.isSymbolicLink(file) && links.contains(Files.readSymbolicLink(file).toString())) {
          return OptionalInt.of(Integer.parseInt(file.getFileName().toString()));
        }
      }
    }
    return OptionalInt.empty();
  }

  /** The link targets of the socket's descriptors. */
  private Set<String> links() throws IOException {
    String port = String.format(Locale.ROOT, ":%04X", port());
    Set<String> links = new HashSet<>();
    for (Path table : TABLES) {
      if (Files.exists(table)) {
        for (String line : Files.readAllLines(table)) {
          String[] columns = line.strip().split("\\s+", -1);
          if (columns[STATE_COLUMN].equals(LISTENS) && columns[ADDRESS_COLUMN].endsWith(port)) {
            links.add("socket:[" + columns[INODE_COLUMN] + "]");
          }
        }
      }
    }
    return links;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
