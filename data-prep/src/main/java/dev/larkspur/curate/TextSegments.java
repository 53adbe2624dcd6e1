package dev.larkspur.curate;

import java.util.List;
import java.util.regex.Pattern;

/** Splits texts into words, lines and paragraphs, as the rules define them; none is empty. */
final class TextSegments {
  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern LINE = Pattern.compile("\\R");
  private static final Pattern PARAGRAPH = Pattern.compile("\\R\\s*\\R");

  private TextSegments() {}

  /** Words, separated by white space. */
  static List<String> words(String text) {
    return parts(SPACE, text);
  }

  static List<String> lines(String text) {
    return parts(LINE, text);
  }

  /** Paragraphs, separated by empty lines. */
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

  /** Length in Unicode code points. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Total length, in Unicode code points. */
  static long length(List<String> parts) {
    return parts.stream().mapToLong(TextSegments::length).sum();
  }
}
