package dev.larkspur.curate;

import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A step of curation with its thresholds. Rules are records. */
public sealed interface CurationRule extends Serializable
    permits BadWords,
        BlockedUrls,
        C4Rules,
        ExactDuplicates,
        GopherQuality,
        GopherRepetition,
        LanguageRule,
        NearDuplicates {
  /** Name of the group of settings, and the beginning of its reasons. */
  String name();

  /** All thresholds as text, by the names of their settings; what a later run compares. */
  default SortedMap<String, String> described() {
    SortedMap<String, String> described = new TreeMap<>();
    for (RecordComponent component : getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(this);
        described.put(name() + "." + Kebab.of(component.getName()), String.valueOf(value));
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    described.put(name(), "on");
    return described;
  }

  /** Names of Java to names of settings. */
  final class Kebab {
    private static final Pattern UPPER = Pattern.compile("(?<=.)([A-Z0-9]+)");

    private Kebab() {}

    static String of(String name) {
      return UPPER.matcher(name).replaceAll("-$1").toLowerCase(Locale.ROOT);
    }
  }
}
