package dev.larkspur.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The text of a settings file and the place that its includes start from.
 *
 * @param name what messages call it
 * @param text HOCON
 * @param origin where it lies
 */
record SettingsFile(String name, String text, Origin origin) {
  private static final String PRESETS = "conf/";

  /** Where a file lies, and its neighbours. */
  private enum Origin {
    DISK,
    JAR,
    /** Text without neighbours: only packaged presets can be included. */
    NOWHERE
  }

  static SettingsFile ofText(String name, String text) {
    return new SettingsFile(name, text, Origin.NOWHERE);
  }

  /** A file on disk, or else the packaged preset of that name. */
  static Optional<SettingsFile> find(String name) {
    return onDisk(name).or(() -> packaged(name));
  }

  /** A file named by an include of this one: its neighbour, or else a packaged preset. */
  Optional<SettingsFile> include(String included) {
    Optional<SettingsFile> neighbour =
        switch (origin) {
          case DISK -> onDisk(beside(included));
          case JAR -> packaged(beside(included));
          case NOWHERE -> Optional.empty();
        };
    return neighbour.or(() -> packaged(included)).or(() -> packaged(PRESETS + included));
  }

  private String beside(String included) {
    return Path.of(name).resolveSibling(included).normalize().toString();
  }

  private static Optional<SettingsFile> onDisk(String name) {
    try {
      Path path = Path.of(name);
      return Files.exists(path)
          ? Optional.of(new SettingsFile(name, Files.readString(path), Origin.DISK))
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
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
    try (InputStream in = SettingsFile.class.getResourceAsStream("/" + resource)) {
      return in == null
          ? Optional.empty()
          : Optional.of(
              new SettingsFile(
                  resource, new String(in.readAllBytes(), StandardCharsets.UTF_8), Origin.JAR));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the packaged " + resource, e);
    }
  }
}
