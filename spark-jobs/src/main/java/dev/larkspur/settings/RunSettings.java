package dev.larkspur.settings;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The run.
 *
 * @param dir URI or path of its directory
 * @param name its name in metrics and reports; by default the last name in {@code dir}
 * @param seed seed for the initial parameters and the order of the blocks
 * @param initialModel where a model is whose parameters a new run starts from; null for random ones
 * @param startOver whether a run that has lost its checkpoints starts again at step 0
 * @param metrics where its metrics go
 */
public record RunSettings(
    String dir,
    String name,
    long seed,
    String initialModel,
    boolean startOver,
    @Setting(key = ".metrics") MetricsSettings metrics) {
  private static final Pattern PATH_SEPARATOR = Pattern.compile("/");

  /** Takes the name from the directory if none is set. */
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
   * The run's name in metrics and reports.
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
   * @param keep number of newest complete checkpoints to keep, at least 1
   * @param keepEvery checkpoints at multiples of this step are never deleted; 0 for none
   */
  public record CheckpointSettings(
      @Setting(least = 1) int every,
      @Setting(least = 1) int keep,
      @Setting(least = 0) int keepEvery) {}
}
