package dev.larkspur.settings;

import dev.larkspur.storage.BadInputException;
import java.util.List;
import java.util.stream.Collectors;

/** Invalid settings. The message lists the problems, each with its location and remedy. */
public final class SettingsException extends BadInputException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 50;

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
    String more =
        problems.size() > MOST_SHOWN
            ? "\n  … and %,d more".formatted(problems.size() - MOST_SHOWN)
            : "";
    return problems.stream()
        .limit(MOST_SHOWN)
        .map(problem -> problem.toString().indent(2).stripTrailing())
        .collect(Collectors.joining("\n", title + "\n", more));
  }
}
