package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Typed access to a merged tree. Reading continues after a problem, so that all problems are found.
 * An empty value is either not set or already reported.
 */
final class Values {
  private static final String NEEDS_TIME = "needs a length of time with a unit, such as 90s or 10m";

  /** Keeps sums with the clock within 64 bits. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /** Most digits of a number; parsing takes time quadratic in them. */
  private static final int LONGEST_NUMBER = 400;

  private final Config tree;
  private final Schema schema;
  private final List<SettingsProblem> problems = new ArrayList<>();
  private final Set<String> read = new LinkedHashSet<>();

  Values(Config tree, Schema schema) {
    this.tree = tree;
    this.schema = schema;
  }

  List<SettingsProblem> problems() {
    return problems;
  }

  /** Keys that were read. */
  Set<String> read() {
    return read;
  }

  Config tree() {
    return tree;
  }

  /** Whether the key has a value, right or wrong. */
  boolean present(String key) {
    ConfigValue value = find(key);
    return value != null && value.valueType() != ConfigValueType.NULL;
  }

  /** Whether the key has its default, set or not. */
  boolean isDefault(String key) {
    return schema.isDefault(key, find(key));
  }

  /** Whether the key has this number. */
  boolean isNumber(String key, long number) {
    return decimal(find(key))
        .filter(given -> given.compareTo(BigDecimal.valueOf(number)) == 0)
        .isPresent();
  }

  /** The default, for messages. */
  String defaultOf(String key) {
    return schema.defaultOf(key);
  }

  /** Whether a problem of the key was reported. */
  boolean refused(String key) {
    return problems.stream().anyMatch(problem -> problem.key().equals(key));
  }

  /** Reports a value that is invalid by itself or together with another. */
  void refuse(String key, String message, String remedy) {
    ConfigValue value = find(key);
    add(
        new SettingsProblem(
            Rendered.place(value.origin()), key, Rendered.value(value), message, remedy));
  }

  /** Reports a problem that was found elsewhere; one that was reported before is not repeated. */
  void add(SettingsProblem problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /** Reports a key that must have a value and has none. */
  void missing(String key) {
    add(
        new SettingsProblem(
            "", key, "", "is not set", "write, for example, " + schema.example(key)));
  }

  /** Reports that none of several keys is set. */
  void missing(String key, String alternative) {
    add(
        new SettingsProblem(
            "",
            key,
            "",
            "neither it nor " + alternative + " is set",
            "write, for example, %s or %s"
                .formatted(schema.example(key), schema.example(alternative))));
  }

  Optional<String> text(String key) {
    return value(key)
        .flatMap(
            value -> {
              if (value.valueType() == ConfigValueType.LIST
                  || value.valueType() == ConfigValueType.OBJECT) {
                return wrong(key, "needs a text");
              }
              String text = scalar(value);
              return text.isBlank() ? wrong(key, "is empty") : Optional.of(text);
            });
  }

  /** One text or a list of them. */
  Optional<List<String>> texts(String key) {
    return value(key)
        .flatMap(
            value -> {
              if (value.valueType() != ConfigValueType.LIST) {
                return text(key).map(List::of);
              }
              List<ConfigValue> items = items(key);
              if (items.isEmpty() || !items.stream().allMatch(Values::plain)) {
                return wrong(key, "needs a text or a list of them");
              }
              return Optional.of(items.stream().map(Values::scalar).toList());
            });
  }

  /** A list of any values. */
  Optional<ConfigList> list(String key) {
    return value(key)
        .flatMap(
            value ->
                value instanceof ConfigList list ? Optional.of(list) : wrong(key, "needs a list"));
  }

  Optional<Integer> integer(String key, int least, int most) {
    return wholeNumber(key, least, most).map(Long::intValue);
  }

  /** A length of time with a unit, as in {@code 90s}. */
  Optional<Duration> duration(String key, Duration least) {
    return value(key)
        .flatMap(
            value -> {
              Duration given;
              try {
                given = value.atKey("value").getDuration("value");
              } catch (ConfigException | ArithmeticException e) {
                return wrong(key, NEEDS_TIME);
              }
              // HOCON reads a bare number as milliseconds, which is rarely intended.
              if (!given.isZero() && decimal(value).isPresent()) {
                return wrong(key, NEEDS_TIME);
              }
              if (given.compareTo(LONGEST) > 0) {
                return wrong(key, "must be at most " + LONGEST.toDays() + "d");
              }
              return given.compareTo(least) >= 0
                  ? Optional.of(given)
                  : wrong(key, "must be at least " + least.toSeconds() + "s");
            });
  }

  /** A size with a unit, as in {@code 25MiB}. */
  Optional<Long> bytes(String key, long least, long most) {
    return value(key)
        .flatMap(
            value -> {
              long given;
              try {
                given = value.atKey("value").getBytes("value");
              } catch (ConfigException e) {
                return wrong(key, "needs a size with a unit, such as 25MiB");
              }
              return given >= least && given <= most
                  ? Optional.of(given)
                  : wrong(key, "must be from %d to %d bytes".formatted(least, most));
            });
  }

  /** Whether the value is a special word, such as {@code auto}; never for "". */
  boolean isWord(String key, String word) {
    if (word.isEmpty()) {
      return false;
    }
    read.add(key);
    return present(key) && word.equals(find(key).unwrapped());
  }

  Optional<Long> wholeNumber(String key, long least, long most) {
    return value(key)
        .flatMap(
            value -> {
              Optional<BigDecimal> number = decimal(value);
              if (number.isEmpty()) {
                return wrong(key, "needs a whole number");
              }
              BigDecimal given = number.get();
              if (given.stripTrailingZeros().scale() > 0) {
                return wrong(key, "needs a whole number");
              }
              if (given.compareTo(BigDecimal.valueOf(least)) < 0) {
                return wrong(key, "must be at least " + least);
              }
              if (given.compareTo(BigDecimal.valueOf(most)) > 0) {
                return wrong(key, "must be at most " + most);
              }
              return Optional.of(given.longValueExact());
            });
  }

  Optional<Double> number(String key, Range range) {
    return value(key)
        .flatMap(
            value -> {
              Optional<BigDecimal> number = decimal(value);
              if (number.isEmpty()) {
                return wrong(key, "needs a number");
              }
              double given = number.get().doubleValue();
              if (!Range.isFloat(given, number.get().signum() == 0)) {
                return wrong(key, "does not fit a 32-bit float, from 1.4e-45 to 3.4e38");
              }
              return range.contains(given)
                  ? Optional.of(given)
                  : wrong(key, "must be " + range.words());
            });
  }

  /** As many numbers as the default has. */
  Optional<List<Double>> numbers(String key, Range range) {
    int count = schema.size(key);
    return value(key)
        .flatMap(
            value -> {
              List<Double> numbers =
                  value.valueType() == ConfigValueType.LIST
                      ? items(key).stream()
                          .flatMap(item -> decimal(item).stream())
                          .map(BigDecimal::doubleValue)
                          .filter(range::contains)
                          .toList()
                      : List.of();
              return numbers.size() == count && items(key).size() == count
                  ? Optional.of(numbers)
                  : wrong(
                      key, "must be a list of %d numbers, each %s".formatted(count, range.words()));
            });
  }

  Optional<Boolean> flag(String key) {
    return value(key)
        .flatMap(
            value ->
                switch (structured(value) ? "" : scalar(value)) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> wrong(key, "must be true or false");
                });
  }

  /** One of several words. */
  Optional<String> word(String key, List<String> choices) {
    return value(key)
        .flatMap(
            value -> {
              String given = structured(value) ? "" : scalar(value);
              return choices.contains(given)
                  ? Optional.of(given)
                  : wrong(key, "must be one of " + String.join(", ", choices));
            });
  }

  static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Optional<ConfigValue> value(String key) {
    read.add(key);
    if (present(key)) {
      return Optional.of(find(key));
    }
    if (find(key) != null && !schema.optional(key)) {
      return wrong(key, "cannot be unset");
    }
    return Optional.empty();
  }

  private <T> Optional<T> wrong(String key, String message) {
    refuse(
        key,
        message,
        schema.optional(key)
            ? "write, for example, " + schema.example(key)
            : "the default is " + schema.defaultOf(key));
    return Optional.empty();
  }

  /** Null if the tree has no such path, {@code ConfigValueType.NULL} if it was unset. */
  private ConfigValue find(String key) {
    ConfigValue value = tree.root();
    for (String step : ConfigUtil.splitPath(key)) {
      value = value instanceof ConfigObject group ? group.get(step) : null;
    }
    return value;
  }

  private List<ConfigValue> items(String key) {
    return find(key) instanceof ConfigList list ? List.copyOf(list) : List.of();
  }

  private static boolean plain(ConfigValue value) {
    return !structured(value) && value.valueType() != ConfigValueType.NULL;
  }

  private static boolean structured(ConfigValue value) {
    return value.valueType() == ConfigValueType.LIST || value.valueType() == ConfigValueType.OBJECT;
  }

  /** The text as written: 007 stays 007. */
  private static String scalar(ConfigValue value) {
    return value.atKey("value").getString("value");
  }

  private static Optional<BigDecimal> decimal(ConfigValue value) {
    if (!plain(value)) {
      return Optional.empty();
    }
    String text = scalar(value).strip();
    try {
      return text.length() > LONGEST_NUMBER ? Optional.empty() : Optional.of(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
