package dev.larkspur.settings;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigOrigin;
import dev.larkspur.storage.BadInputException;
import java.util.List;
import java.util.regex.Pattern;
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

  /**
   * One thing wrong in the settings.
   *
   * @param where file and line, or {@code --set}; empty if there is none
   * @param key the setting; empty for a file that cannot be read
   * @param value what it was set to, as HOCON; empty if it is not set
   * @param message what is wrong with it
   * @param remedy what to change
   */
  public record SettingsProblem(
      String where, String key, String value, String message, String remedy) {

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

    /** This problem, for a key inside a group. */
    SettingsProblem under(String group) {
      return new SettingsProblem(where, group + key, value, message, remedy);
    }

    /** Escapes control characters: terminals interpret them, and may not show a NUL. */
    private static String printable(String text) {
      return CONTROL
          .matcher(text)
          .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(where);
      if (!key.isEmpty()) {
        text.append(where.isEmpty() ? "" : ": ").append(key);
        text.append(value.isEmpty() ? "" : " = " + value);
      }
      return printable(
          text.append("\n    ").append(message).append("\n    ").append(remedy).toString());
    }

    /** An error of the HOCON library as a problem. */
    static final class HoconProblem {
      private HoconProblem() {}

      static SettingsProblem of(ConfigException e) {
        ConfigOrigin origin = e.origin();
        String where = origin == null ? "" : Rendered.place(origin);
        String message = e.getMessage();
        if (origin != null && message.startsWith(origin.description() + ": ")) {
          message = message.substring(origin.description().length() + 2);
        }
        String remedy =
            e instanceof ConfigException.UnresolvedSubstitution
                ? "correct the name, set the variable in the environment, or write ${?NAME} for one"
                    + " that may be missing"
                : "correct the HOCON there";
        return new SettingsProblem(where, "", "", Rendered.shortened(message), remedy);
      }
    }
  }
}
