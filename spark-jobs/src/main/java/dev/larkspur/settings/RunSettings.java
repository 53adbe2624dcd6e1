package dev.larkspur.settings;

/**
 * The run.
 *
 * @param dir URI or path of its directory
 * @param name what metrics and reports call it; by default the last part of {@code dir}
 * @param seed seed of the initial parameters and of the order of the blocks
 * @param startOver whether a run that has lost its checkpoints begins again at step 0
 */
public record RunSettings(String dir, String name, long seed, boolean startOver) {

  /**
   * URI or path of the run's directory.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String dir() {
    return Unset.checked("run.dir", dir);
  }

  /**
   * What metrics and reports call the run.
   *
   * @throws IllegalStateException if neither it nor the directory is set
   */
  @Override
  public String name() {
    return Unset.checked("run.name", name);
  }
}
