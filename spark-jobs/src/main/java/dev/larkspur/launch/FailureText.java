package dev.larkspur.launch;

import dev.larkspur.settings.SettingsException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The exceptions in a text of Spark's. An exception of a task whose cause is one of a library that
 * cannot be serialized reaches the driver as text only; its type still says what to exit with.
 */
final class FailureText {
  private static final Pattern EXCEPTION =
      Pattern.compile(
          "(?m)^.*?\\b((?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:Exception|Error)): (.+(?:\\n"
              + "(?!\\s*at |Caused by:).+)*)");

  private static final String OURS = "dev.larkspur.";

  private final List<Found> found = new ArrayList<>();

  private record Found(Class<?> type, String message) {}

  FailureText(String text) {
    Matcher matcher = EXCEPTION.matcher(text);
    for (int from = 0; matcher.find(from); from = matcher.end(1)) {
      String message = matcher.group(2).strip();
      type(matcher.group(1)).ifPresent(type -> found.add(new Found(type, message)));
    }
  }

  private static Optional<Class<?>> type(String name) {
    try {
      return Optional.of(Class.forName(name, false, FailureText.class.getClassLoader()));
    } catch (ClassNotFoundException | LinkageError unknown) {
      return Optional.empty();
    }
  }

  /** The message of the first exception that is ours. */
  Optional<String> message() {
    return found.stream()
        .filter(each -> each.type().getName().startsWith(OURS))
        .map(Found::message)
        .findFirst();
  }

  /** The message of an error of the JVM, such as one for want of memory. */
  Optional<String> outOfMemory() {
    return found.stream()
        .filter(each -> OutOfMemoryError.class.isAssignableFrom(each.type()))
        .map(Found::message)
        .findFirst();
  }

  /** What the types tell; empty if none of them tells. */
  Optional<Integer> exitCode() {
    if (found.stream().anyMatch(each -> ExitCode.passes(each.type()))) {
      return Optional.of(ExitCode.TRY_AGAIN);
    }
    return found.stream()
            .anyMatch(
                each ->
                    ExitCode.isBadInput(each.type())
                        || SettingsException.class.isAssignableFrom(each.type()))
        ? Optional.of(ExitCode.BAD_INPUT)
        : Optional.empty();
  }
}
