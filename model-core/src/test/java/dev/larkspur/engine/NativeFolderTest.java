package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {
  @TempDir private Path machine;
  private Path home;
  private Path temporary;

  @BeforeEach
  void makeFolders() throws IOException {
    home = Files.createDirectory(machine.resolve("home"));
    temporary = Files.createDirectory(machine.resolve("tmp"));
  }

  @Test
  void isInTheHomeAndNobodyElseCanEnter() throws IOException {
    Path folder = NativeFolder.open("libtorch", home, temporary);

    assertThat(folder).isEqualTo(home.resolve(".cache/larkspur/libtorch"));
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(NativeFolder.open("libtorch", home, temporary)).isEqualTo(folder);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void withoutAHomeIsSharedByTheProcessesOfAUser() throws IOException {
    Path folder = NativeFolder.open("libtorch", noFolder(), temporary);

    assertThat(folder).isEqualTo(predictable().resolve("libtorch"));
    assertThat(mode(predictable())).isEqualTo("rwx------");
    assertThat(NativeFolder.open("libtorch", noFolder(), temporary)).isEqualTo(folder);
  }

  @Test
  void oneThatOthersCanWriteIsNotUsed() throws IOException {
    Files.createDirectory(predictable());
    Files.setPosixFilePermissions(predictable(), PosixFilePermissions.fromString("rwxrwxrwx"));

    Path folder = NativeFolder.open("libtorch", noFolder(), temporary);

    assertThat(folder).isNotEqualTo(predictable()).hasParent(temporary);
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(predictable()).isEmptyDirectory();
  }

  @Test
  void oneOfAnotherUserIsNotUsed() throws IOException {
    Files.createDirectory(predictable());
    UserPrincipal other =
        predictable()
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName("nobody");
    assumeThatCode(() -> Files.setOwner(predictable(), other)).doesNotThrowAnyException();

    assertThat(NativeFolder.open("libtorch", noFolder(), temporary))
        .isNotEqualTo(predictable())
        .hasParent(temporary);
    assertThat(predictable()).isEmptyDirectory();
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(machine.resolve("elsewhere"));
    Files.createSymbolicLink(predictable(), elsewhere);

    assertThat(NativeFolder.open("libtorch", noFolder(), temporary)).hasParent(temporary);
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void withoutAnyFolderReportsWhy() throws IOException {
    Path file = noFolder();

    assertThatThrownBy(() -> NativeFolder.open("libtorch", file, file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("Not a directory");
  }

  private Path predictable() {
    return temporary.resolve("larkspur-" + System.getProperty("user.name"));
  }

  /** A home that is none, for root too, whom no permission stops. */
  private Path noFolder() throws IOException {
    Path file = machine.resolve("file");
    return Files.exists(file) ? file : Files.createFile(file);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
