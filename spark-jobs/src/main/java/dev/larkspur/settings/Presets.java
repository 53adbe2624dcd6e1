package dev.larkspur.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The presets that come with Larkspur: those of the launcher's {@code conf} folder, so that one
 * that is edited there takes effect, and those in the jar. The defaults are always the jar's, as
 * they belong to its code.
 *
 * @param folder that the launcher names; empty without a launcher
 */
record Presets(Optional<Path> folder) {
  private static final String FOLDER_VARIABLE = "LARKSPUR_PRESETS";
  private static final Path DEFAULTS = Path.of("conf/reference.conf");

  /** Those of this process. */
  static Presets installed() {
    return new Presets(Optional.ofNullable(System.getenv(FOLDER_VARIABLE)).map(Path::of));
  }

  /**
   * The text of a preset; empty if there is none of that name.
   *
   * @param name such as {@code conf/model/small.conf}
   */
  Optional<String> text(String name) throws IOException {
    Path relative = Path.of(name);
    if (folder.isPresent() && !relative.equals(DEFAULTS)) {
      Path file = folder.get().resolve(relative.subpath(1, relative.getNameCount()));
      if (Files.isRegularFile(file)) {
        return Optional.of(SettingsFile.read(file));
      }
    }
    try (InputStream in = Presets.class.getResourceAsStream("/" + name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
