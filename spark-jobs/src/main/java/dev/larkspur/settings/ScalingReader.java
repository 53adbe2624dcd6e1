package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.larkspur.settings.ScalingSettings.MissingCorpus;
import dev.larkspur.settings.ScalingSettings.Variation;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code scaling}; the settings of sizes and kinds are checked when they are combined. */
final class ScalingReader {
  static final String SIZES = "scaling.sizes";
  static final String KINDS = "scaling.kinds";
  private static final List<String> SAMPLE_NEEDS =
      List.of("data.documents", "tokenizer.out", "data.tokenizer");
  private static final String NAME = "name";
  private static final String LABEL = "label";

  /** Valid in paths of any file system. */
  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

  private final Values values;

  ScalingReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is wrong. */
  Optional<ScalingSettings> read() {
    return new RecordReader(values)
        .withList(Variation.class, key -> Optional.of(variations(key)))
        .withList(Long.class, key -> Optional.of(seeds(key)))
        .with(MissingCorpus.class, this::missingCorpus)
        .read("scaling", ScalingSettings.class);
  }

  private Optional<MissingCorpus> missingCorpus(String key) {
    if (!values.flag(key).orElse(false)) {
      return Optional.of(MissingCorpus.REFUSE);
    }
    SAMPLE_NEEDS.stream().filter(need -> !values.present(need)).forEach(values::missing);
    return Optional.of(MissingCorpus.MAKE_OF_SAMPLE);
  }

  private List<Long> seeds(String key) {
    List<String> texts = values.texts(key).orElse(List.of());
    if (!texts.stream().allMatch(text -> WHOLE.matcher(text).matches())
        || new HashSet<>(texts).size() < texts.size()) {
      values.refuse(
          key, "must be different whole numbers", "write, for example, " + key + " = [1, 2]");
      return List.of();
    }
    return texts.stream().map(Long::valueOf).toList();
  }

  private List<Variation> variations(String key) {
    Optional<ConfigList> list = values.list(key);
    if (list.isPresent() && list.get().isEmpty()) {
      values.refuse(key, "is empty", "name at least one, or set it to null");
    }
    Set<String> names = new HashSet<>();
    List<Variation> variations = new ArrayList<>();
    for (ConfigValue item : list.<List<ConfigValue>>map(List::copyOf).orElse(List.of())) {
      variation(key, item, names).ifPresent(variations::add);
    }
    return variations;
  }

  private Optional<Variation> variation(String key, ConfigValue item, Set<String> names) {
    Optional<String> name =
        item instanceof ConfigObject group ? text(group, NAME) : Optional.empty();
    if (name.isEmpty() || !NAMES.matcher(name.get()).matches()) {
      add(key, item, "needs a name of letters, digits, '.', '_' and '-'", "write { name = s, … }");
      return Optional.empty();
    }
    if (!names.add(name.get())) {
      add(key, item, "two are named " + name.get(), "give each its own name");
      return Optional.empty();
    }
    ConfigObject group = (ConfigObject) item;
    Config settings = group.toConfig().withoutPath(NAME).withoutPath(LABEL);
    return Optional.of(new Variation(name.get(), text(group, LABEL).orElse(name.get()), settings));
  }

  private static Optional<String> text(ConfigObject group, String key) {
    return Optional.ofNullable(group.get(key))
        .filter(value -> !(value instanceof ConfigObject) && !(value instanceof ConfigList))
        .filter(value -> value.valueType() != ConfigValueType.NULL)
        .map(value -> String.valueOf(value.unwrapped()));
  }

  private void add(String key, ConfigValue item, String message, String remedy) {
    values.add(
        new SettingsProblem(Rendered.place(item.origin()), key, nameOnly(item), message, remedy));
  }

  /** Abbreviates a group of settings, so that the message stays readable. */
  private static String nameOnly(ConfigValue item) {
    return item instanceof ConfigObject group
        ? text(group, NAME).map(name -> "{ name = " + name + ", … }").orElse("{ … }")
        : Rendered.value(item);
  }
}
