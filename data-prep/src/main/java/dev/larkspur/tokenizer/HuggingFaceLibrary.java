package dev.larkspur.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * The native Hugging Face tokenizers library through DJL, which unpacks it to a directory: the one
 * that {@code DJL_CACHE_DIR} names (in the environment or as a system property), {@code
 * ~/.cache/larkspur/djl} otherwise, or a temporary one if the home directory is not writable.
 */
final class HuggingFaceLibrary {
  private static final String FOLDER = "DJL_CACHE_DIR";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private HuggingFaceLibrary() {}

  /**
   * Loads a tokenizer.
   *
   * @param name of the tokenizer, for messages
   * @param json content of a {@code tokenizer.json}
   * @throws TokenizerException if the library cannot be unpacked, or cannot read the content
   */
  static HuggingFaceTokenizer load(String name, String json) {
    Path folder = prepare();
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (LinkageError missing) {
      throw new TokenizerException(
          "The Hugging Face library, which the tokenizer "
              + name
              + " needs, cannot be loaded from "
              + folder
              + " ("
              + missing
              + "): let "
              + FOLDER
              + " name a folder that can be written and that programs may be run from.",
          missing);
    } catch (IOException | RuntimeException failure) {
      throw new TokenizerException(
          "The Hugging Face library cannot read the tokenizer "
              + name
              + " ("
              + failure.getMessage()
              + "): give a tokenizer.json that it saved.",
          failure);
    }
  }

  /** Chooses the directory, and disables DJL's network access for GPU builds and usage reports. */
  private static synchronized Path prepare() {
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("RUST_FLAVOR", "cpu");
    setUnlessSet("ai.djl.offline", "true");
    String chosen =
        System.getenv(FOLDER) != null ? System.getenv(FOLDER) : System.getProperty(FOLDER);
    if (chosen == null) {
      chosen = folder().toString();
      System.setProperty(FOLDER, chosen);
    }
    Path folder = Path.of(chosen);
    try {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        throw new IOException("it is not writable");
      }
      return folder;
    } catch (IOException failure) {
      throw new TokenizerException(
          "The Hugging Face library cannot be unpacked to "
              + folder
              + " ("
              + failure.getMessage()
              + "): let "
              + FOLDER
              + " name a folder that can be written.",
          failure);
    }
  }

  private static Path folder() {
    return folder(
        Path.of(System.getProperty("user.home")), Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** A directory that only this user can write to, because this process runs code from it. */
  static Path folder(Path home, Path temporary) {
    Path folder = home.resolve(".cache").resolve("larkspur").resolve("djl");
    try {
      Files.createDirectories(folder.getParent());
      if (!Files.exists(folder)) {
        Files.createDirectory(folder, PRIVATE);
      }
      if (isPrivate(folder)) {
        return folder;
      }
    } catch (IOException noHome) {
      // Executors often run as users without a home directory; a temporary directory is sufficient.
    }
    try {
      return Files.createTempDirectory(temporary, "larkspur-djl");
    } catch (IOException failure) {
      throw new TokenizerException(
          "There is no folder to unpack the Hugging Face library to ("
              + failure.getMessage()
              + "): let "
              + FOLDER
              + " name one that can be written.",
          failure);
    }
  }

  private static boolean isPrivate(Path folder) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path probe = Files.createTempFile(folder, "owner", null);
    try {
      return found.isDirectory()
          && found.owner().equals(Files.getOwner(probe))
          && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
          && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
    } finally {
      Files.delete(probe);
    }
  }

  private static void setUnlessSet(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
