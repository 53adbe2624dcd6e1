package dev.larkspur.curate;

import java.util.List;
import java.util.regex.Pattern;

/** Words, lines and paragraphs, as the rules mean them; none is empty. */
final class TextSegments {
  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern LINE = Pattern.compile("\\R");
  private static final Pattern PARAGRAPH = Pattern.compile("\\R\\s*\\R");

  private TextSegments() {}

  /** What stands between white space. */
  static List<String> words(String text) {
    return parts(SPACE, text);
  }

  static List<String> lines(String text) {
    return parts(LINE, text);
  }

  /** What stands between empty lines. */
  static List<String> paragraphs(String text) {
    return parts(PARAGRAPH, text);
  }

  private static List<String> parts(Pattern separator, String text) {
    return separator
        .splitAsStream(text)
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** Length in characters of Unicode. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** All lengths together. */
  static long length(List<String> parts) {
    return parts.stream().mapToLong(TextSegments::length).sum();
  }
}
