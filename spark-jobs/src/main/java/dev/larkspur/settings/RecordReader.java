package dev.larkspur.settings;

import dev.larkspur.curate.CurationRule.Kebab;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Reads records. Each component is the setting with the same name in kebab case. The component's
 * type and {@link Setting} define its valid values; {@link Checked} checks them together. A new
 * setting needs only a line in {@code conf/reference.conf} and a component.
 *
 * <p>A setting without a value is an empty optional, or null for a text or a list. For any other
 * type, a missing value leaves the record incomplete, as an invalid one does.
 */
final class RecordReader {
  /** A record whose components must fit each other. */
  interface Checked {
    /** Reports what does not fit; the record is dropped if anything is reported. */
    void check(Problems problems);
  }

  /** Problems of the settings of one group. */
  static final class Problems {
    private final Values values;
    private final String group;

    private Problems(Values values, String group) {
      this.values = values;
      this.group = group;
    }

    /** Reports a value that does not fit; the name is its key within the group. */
    void refuse(String name, String message, String remedy) {
      values.refuse(join(group, name), message, remedy);
    }

    /** Reports a missing value that the others require. */
    void missing(String name) {
      values.missing(join(group, name));
    }
  }

  private record Plain(@Setting int component) {}

  private static final Setting PLAIN =
      Plain.class.getRecordComponents()[0].getAnnotation(Setting.class);

  /** Marks a value that is invalid, or required and missing. */
  private static final Object ABSENT = new Object();

  private final Values values;
  private final Map<Class<?>, Function<String, ? extends Optional<?>>> custom = new HashMap<>();

  RecordReader(Values values) {
    this.values = values;
  }

  /** Registers a reader for components of a type; it receives their keys. */
  <T> RecordReader with(Class<T> type, Function<String, Optional<T>> reader) {
    custom.put(type, reader);
    return this;
  }

  /** Registers a reader for lists of a type; it receives their keys. */
  <T> RecordReader withList(Class<T> item, Function<String, Optional<List<T>>> reader) {
    custom.put(item, reader);
    return this;
  }

  /** The record of a group; empty if it is incomplete or wrong. */
  <R extends Record> Optional<R> read(String group, Class<R> type) {
    return read(group, type, Map.of());
  }

  /**
   * The same for a record without annotations.
   *
   * @param ranges valid ranges of the numbers, by component name
   */
  <R extends Record> Optional<R> read(String group, Class<R> type, Map<String, Range> ranges) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = component(group, components[i], ranges);
    }
    if (Arrays.asList(arguments).contains(ABSENT)) {
      return Optional.empty();
    }
    R read = construct(type, components, arguments);
    int problemsBefore = values.problems().size();
    if (read instanceof Checked checked) {
      checked.check(new Problems(values, group));
    }
    return values.problems().size() > problemsBefore ? Optional.empty() : Optional.of(read);
  }

  private Object component(String group, RecordComponent component, Map<String, Range> ranges) {
    Setting annotated = component.getAnnotation(Setting.class);
    Setting setting = annotated == null ? PLAIN : annotated;
    Range range = ranges.getOrDefault(component.getName(), Range.of(setting));
    String key = key(group, component, setting);
    int problemsBefore = values.problems().size();
    Optional<?> value = values.isWord(key, setting.unset()) ? unset(component) : Optional.empty();
    if (value.isEmpty()) {
      value = value(key, component, setting, range);
    }
    return values.problems().size() > problemsBefore
        ? ABSENT
        : value.map(Object.class::cast).orElseGet(() -> empty(component.getType()));
  }

  private static String key(String group, RecordComponent component, Setting setting) {
    if (setting.inline()) {
      return group;
    }
    if (setting.key().startsWith(".")) {
      return setting.key().substring(1);
    }
    return join(group, setting.key().isEmpty() ? Kebab.of(component.getName()) : setting.key());
  }

  private static String join(String group, String name) {
    return group.isEmpty() ? name : group + "." + name;
  }

  private static Optional<?> unset(RecordComponent component) {
    Class<?> type = component.getType();
    if (type == double.class) {
      return Optional.of(Double.POSITIVE_INFINITY);
    }
    return Optional.of(type == String.class ? "" : empty(type));
  }

  /** What a record holds for a setting without a value. */
  private static Object empty(Class<?> type) {
    if (type == OptionalInt.class) {
      return OptionalInt.empty();
    }
    if (type == OptionalLong.class) {
      return OptionalLong.empty();
    }
    if (type == OptionalDouble.class) {
      return OptionalDouble.empty();
    }
    return type == String.class || type == List.class ? null : ABSENT;
  }

  private Optional<?> value(String key, RecordComponent component, Setting setting, Range range) {
    Class<?> type = component.getType();
    Class<?> item = type == List.class ? item(component) : type;
    if (custom.containsKey(item)) {
      return custom.get(item).apply(key);
    }
    if (type == List.class) {
      return item == Double.class ? values.numbers(key, range) : values.texts(key);
    }
    if (type == int.class || type == OptionalInt.class) {
      int least = (int) Math.ceil(range.least());
      int most = (int) Math.floor(range.most());
      Optional<Integer> number = values.integer(key, least, most);
      return type == int.class ? number : number.map(OptionalInt::of);
    }
    if (type == long.class || type == OptionalLong.class) {
      Optional<Long> number = wholeNumber(key, setting, range);
      return type == long.class ? number : number.map(OptionalLong::of);
    }
    if (type == double.class) {
      return values.number(key, range);
    }
    if (type == OptionalDouble.class) {
      return values.number(key, range).map(OptionalDouble::of);
    }
    if (type == boolean.class) {
      return values.flag(key);
    }
    if (type == Duration.class) {
      return values.duration(key, Duration.ofSeconds(Math.max(0, (long) range.least())));
    }
    if (type == String.class) {
      return setting.choices().length == 0
          ? values.text(key)
          : values.word(key, List.of(setting.choices()));
    }
    return type.isEnum()
        ? choice(key, type, setting)
        : read(key, type.asSubclass(Record.class), Map.of());
  }

  private Optional<Long> wholeNumber(String key, Setting setting, Range range) {
    long least = (long) Math.ceil(range.least());
    long most = (long) Math.floor(range.most());
    return setting.bytes() ? values.bytes(key, least, most) : values.wholeNumber(key, least, most);
  }

  private Optional<?> choice(String key, Class<?> type, Setting setting) {
    List<String> words = List.of(setting.choices());
    List<Enum<?>> choices =
        Arrays.stream(type.getEnumConstants())
            .<Enum<?>>map(constant -> (Enum<?>) constant)
            .filter(constant -> words.isEmpty() || words.contains(Values.word(constant)))
            .toList();
    return values
        .word(key, choices.stream().map(Values::word).toList())
        .map(
            word ->
                choices.stream()
                    .filter(constant -> Values.word(constant).equals(word))
                    .findFirst()
                    .orElseThrow());
  }

  private static Class<?> item(RecordComponent component) {
    ParameterizedType list = (ParameterizedType) component.getGenericType();
    return (Class<?>) list.getActualTypeArguments()[0];
  }

  private static <R extends Record> R construct(
      Class<R> type, RecordComponent[] components, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<R> canonical = type.getDeclaredConstructor(types);
      canonical.setAccessible(true);
      return canonical.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
