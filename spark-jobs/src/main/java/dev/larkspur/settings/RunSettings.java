package dev.larkspur.settings;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The run.
 *
 * @param dir URI or path of its directory
 * @param name what metrics and reports call it; by default the last part of {@code dir}
 * @param seed seed of the initial parameters and of the order of the blocks
 * @param startOver whether a run that has lost its checkpoints begins again at step 0
 */
public record RunSettings(String dir, String name, long seed, boolean startOver) {
  private static final Pattern PATH_SEPARATOR = Pattern.compile("/");

  /** Takes the name from the directory, where there is no other. */
  public RunSettings {
    name = name == null && dir != null ? lastPart(dir) : name;
  }

  private static String lastPart(String path) {
    List<String> parts =
        PATH_SEPARATOR.splitAsStream(path).filter(part -> !part.isEmpty()).toList();
    return parts.isEmpty() ? path : parts.get(parts.size() - 1);
  }

  /**
   * URI or path of the run's directory.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String dir() {
    return Purpose.demanded("run.dir", dir);
  }

  /**
   * What metrics and reports call the run.
   *
   * @throws IllegalStateException if neither it nor the directory is set
   */
  @Override
  public String name() {
    return Purpose.demanded("run.name", name);
  }

  /**
   * When to save the state of the training.
   *
   * @param every steps between two checkpoints
   * @param keep newest complete checkpoints that are kept, at least 1
   * @param keepEvery steps of which multiples are kept for good; 0 for none
   */
  public record CheckpointSettings(
      @Setting(least = 1) int every,
      @Setting(least = 1) int keep,
      @Setting(least = 0) int keepEvery) {}
}
