package dev.larkspur.document;

import dev.larkspur.document.DocumentReader.BrokenRecordException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.netpreserve.jwarc.MediaType;

/** Named fields of a WARC or HTTP header, decoded as ISO 8859-1. */
final class HeaderFields {
  private static final Pattern TOKEN = Pattern.compile("[\\w!#$%&'*+.^`|~-]+");

  private final Map<String, List<String>> values; // by name in lower case

  private HeaderFields(Map<String, List<String>> values) {
    this.values = values;
  }

  /** The first value of a field; empty if there is none. */
  String first(String name) {
    List<String> all = values.get(name);
    return all == null ? "" : all.get(0);
  }

  /** The items of all values of a list field, in lower case. */
  List<String> items(String name) {
    List<String> items = new ArrayList<>();
    for (String value : values.getOrDefault(name, List.of())) {
      for (String item : value.split(",", -1)) {
        String stripped = item.strip().toLowerCase(Locale.ROOT);
        if (!stripped.isEmpty()) {
          items.add(stripped);
        }
      }
    }
    return items;
  }

  /**
   * The type of the content.
   *
   * @return an empty type if the header has none
   * @throws BrokenRecordException if the header has an invalid type
   */
  MediaType contentType() throws BrokenRecordException {
    String value = first("content-type");
    if (value.isEmpty()) {
      return MediaType.OCTET_STREAM;
    }
    try {
      // Parameters are often wrong, as in "text/html; charset".
      MediaType type = MediaType.parseLeniently(value);
      if (TOKEN.matcher(type.subtype()).matches()) {
        return type;
      }
    } catch (IllegalArgumentException noType) {
      // Reported below, with other invalid types.
    }
    throw new BrokenRecordException("its Content-Type is '" + value + "'");
  }

  /** The charset that a type names; null if it names none. */
  static String charset(MediaType type) {
    return type.parameters().entrySet().stream()
        .filter(parameter -> parameter.getKey().equalsIgnoreCase("charset"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /** Collects the lines of a header. */
  static final class Builder {
    private final Map<String, List<String>> values = new HashMap<>();
    private final StringBuilder folded = new StringBuilder();
    private List<String> last;

    /** Adds a line; lines that are not fields are skipped. */
    void add(String line) {
      if (line.startsWith(" ") || line.startsWith("\t")) {
        String more = line.strip();
        if (last != null && !more.isEmpty()) {
          folded.append(' ').append(more);
        }
        return;
      }
      unfold();
      int colon = line.indexOf(':');
      if (colon > 0) {
        String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        last = values.computeIfAbsent(name, none -> new ArrayList<>());
        last.add(trimmed(line.substring(colon + 1)));
      }
    }

    /** Joins the lines of a value at once, because there may be very many. */
    private void unfold() {
      if (!folded.isEmpty()) {
        int index = last.size() - 1;
        last.set(index, (last.get(index) + folded).strip());
        folded.setLength(0);
      }
    }

    private static String trimmed(String value) {
      // Strips only what a header calls white space, so that control characters are detected.
      int start = 0;
      int end = value.length();
      while (start < end && (value.charAt(start) == ' ' || value.charAt(start) == '\t')) {
        start++;
      }
      while (end > start && (value.charAt(end - 1) == ' ' || value.charAt(end - 1) == '\t')) {
        end--;
      }
      return value.substring(start, end);
    }

    HeaderFields build() {
      unfold();
      return new HeaderFields(values);
    }
  }
}
