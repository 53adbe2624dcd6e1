package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names and shapes of tensors as a table; those that all layers have take one line. */
final class TensorList {
  private static final Pattern LAYER = Pattern.compile("(.*\\blayers\\.)(\\d+)(\\..*)");

  private TensorList() {}

  /** A table in Markdown. */
  static String of(List<FileTensor> tensors) {
    Map<String, SortedSet<Integer>> layers = new LinkedHashMap<>();
    for (FileTensor tensor : tensors) {
      String shape =
          tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
      Matcher matcher = LAYER.matcher(tensor.name());
      boolean ofLayer = matcher.matches();
      String name = ofLayer ? matcher.group(1) + "N" + matcher.group(3) : tensor.name();
      SortedSet<Integer> numbers =
          layers.computeIfAbsent("`%s` | %s".formatted(name, shape), line -> new TreeSet<>());
      if (ofLayer) {
        numbers.add(Integer.parseInt(matcher.group(2)));
      }
    }
    StringBuilder table = new StringBuilder("| tensor | shape | N |\n|---|---|---|\n");
    layers.forEach(
        (line, numbers) ->
            table.append("| ").append(line).append(" | ").append(range(numbers)).append(" |\n"));
    return table.toString();
  }

  private static String range(SortedSet<Integer> numbers) {
    if (numbers.isEmpty()) {
      return "";
    }
    int first = numbers.first();
    int last = numbers.last();
    if (last - first + 1 != numbers.size()) {
      return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    return first == last ? String.valueOf(first) : first + " to " + last;
  }
}
