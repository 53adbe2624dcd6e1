package dev.larkspur.settings;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be used. The message lists every problem with its place and its remedy. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<SettingsProblem> problems;

  public SettingsException(List<SettingsProblem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** All problems found, in the order of the settings; at least one. */
  public List<SettingsProblem> problems() {
    return problems;
  }

  private static String message(List<SettingsProblem> problems) {
    String title =
        problems.size() == 1
            ? "a problem in the settings:"
            : problems.size() + " problems in the settings:";
    return problems.stream()
        .map(problem -> problem.toString().indent(2).stripTrailing())
        .collect(Collectors.joining("\n", title + "\n", ""));
  }
}
