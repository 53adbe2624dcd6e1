package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The tarball of the build, unpacked in a folder with a space in its name that nobody may write to,
 * for a user with an empty home and without Maven.
 */
final class Tarball implements AutoCloseable {
  private static final String TARBALL = System.getProperty("larkspur.tarball", "");
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** The only programs of the user. */
  private static final List<String> PROGRAMS =
      List.of(
          "bash",
          "cat",
          "chmod",
          "cp",
          "dirname",
          "env",
          "grep",
          "head",
          "locale",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "sh",
          "stty");

  private final Path home;
  private final Path user;
  private final Path programs;

  private Tarball(Path home, Path user, Path programs) {
    this.home = home;
    this.user = user;
    this.programs = programs;
  }

  /** Skips a test where the build has assembled none. */
  static Tarball unpack(Path directory) throws Exception {
    assumeThat(TARBALL).as("a build that assembles no tarball").isNotEmpty();
    Path place = Files.createDirectories(directory.resolve("read only"));
    Process tar =
        new ProcessBuilder("tar", "-xzf", TARBALL, "-C", place.toString()).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    Path home;
    try (Stream<Path> unpacked = Files.list(place)) {
      List<Path> folders = unpacked.toList();
      assertThat(folders).hasSize(1);
      home = folders.get(0);
    }
    assertThat(home.getFileName())
        .asString()
        .isEqualTo(Path.of(TARBALL).getFileName().toString().replace(".tar.gz", ""));
    allow(place, READ_ONLY);
    return new Tarball(
        home,
        Files.createDirectories(directory.resolve("user")),
        linkPrograms(Files.createDirectories(directory.resolve("bin"))));
  }

  private static Path linkPrograms(Path bin) throws IOException {
    for (String name : PROGRAMS) {
      for (String folder : List.of("/bin", "/usr/bin")) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program) && !Files.exists(bin.resolve(name))) {
          Files.createSymbolicLink(bin.resolve(name), program);
        }
      }
    }
    return bin;
  }

  private static void allow(Path tree, Set<PosixFilePermission> folders) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(folder, folders);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** What it has been unpacked to. */
  Path home() {
    return home;
  }

  /** Its launcher. */
  Path launcher() {
    return home.resolve("bin/larkspur");
  }

  /**
   * A command of the user.
   *
   * @param directory in which it starts
   * @param environment all of it, but for home, path and Java
   * @param launcher its launcher, or a link to it
   */
  Child start(Path directory, Map<String, String> environment, Path launcher, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.resolve("env").toString(),
                "-i",
                "HOME=" + user,
                "PATH=" + programs,
                "JAVA_HOME=" + System.getProperty("java.home"),
                // Root may write everywhere.
                "LARKSPUR_ARCHIVE=0"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(List.of(programs.resolve("bash").toString(), launcher.toString()));
    command.addAll(List.of(arguments));
    return Child.start(directory, command, Map.of());
  }

  /** Lets it be deleted. */
  @Override
  public void close() throws IOException {
    allow(home.getParent(), OWNERS);
  }
}
