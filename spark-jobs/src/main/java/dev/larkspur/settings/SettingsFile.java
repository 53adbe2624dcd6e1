package dev.larkspur.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text of a settings file and the location that its includes are relative to.
 *
 * @param name its name in messages
 * @param text HOCON
 * @param origin where it is from
 */
record SettingsFile(String name, String text, Origin origin) {
  private static final String PRESETS = "conf/";
  private static final int LARGEST = 16 << 20;

  /** Where a file is from, which decides what it can include. */
  private enum Origin {
    DISK,
    JAR,
    /** Text without a directory: it can only include packaged presets. */
    NOWHERE,
    /** Written by a run and fully resolved: it cannot include anything. */
    RUN
  }

  static SettingsFile ofText(String name, String text) {
    return new SettingsFile(name, text, Origin.NOWHERE);
  }

  /** Settings that a run has written. */
  static SettingsFile ofRun(String name, String text) {
    return new SettingsFile(name, text, Origin.RUN);
  }

  /** A file on disk, or else the packaged preset of that name. */
  static Optional<SettingsFile> find(String name) {
    return onDisk(name).or(() -> packaged(name));
  }

  /**
   * A file named by an include of this one: at a path relative to it, or else a packaged preset.
   */
  Optional<SettingsFile> include(String included) {
    if (origin == Origin.RUN) {
      return Optional.empty();
    }
    Optional<SettingsFile> neighbour =
        switch (origin) {
          case DISK -> onDisk(beside(included));
          case JAR -> packaged(beside(included));
          case NOWHERE, RUN -> Optional.empty();
        };
    return neighbour.or(() -> packaged(included)).or(() -> packaged(PRESETS + included));
  }

  private String beside(String included) {
    return Path.of(name).resolveSibling(included).normalize().toString();
  }

  /** Whether other hosts may not have it. */
  boolean isOnDisk() {
    return origin == Origin.DISK;
  }

  private static Optional<SettingsFile> onDisk(String name) {
    Optional<String> submitted = SubmittedFiles.text(name);
    if (submitted.isPresent()) {
      return Optional.of(new SettingsFile(name, submitted.get(), Origin.DISK));
    }
    try {
      Path path = Path.of(name);
      return Files.exists(path)
          ? Optional.of(new SettingsFile(name, read(path), Origin.DISK))
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  static String read(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException("it is larger than %,d bytes".formatted(LARGEST));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8", e);
    }
  }

  static Optional<SettingsFile> packaged(String name) {
    String resource;
    try {
      resource = Path.of(name).normalize().toString().replace('\\', '/');
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    if (!resource.startsWith(PRESETS)) {
      return Optional.empty();
    }
    try {
      return Presets.installed()
          .text(resource)
          .map(text -> new SettingsFile(resource, text, Origin.JAR));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the preset " + resource, e);
    }
  }
}
