package dev.larkspur.evaluate.task;

/** White space by the definition of Python's {@code str.strip}, on which the harness relies. */
final class Whitespace {
  private static final char NEXT_LINE = '\u0085';

  private Whitespace() {}

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
  }

  /** Where the white space at the end of a text begins. */
  static int endOfText(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  static String withoutLeading(String text) {
    int begin = 0;
    while (begin < text.length() && isSpace(text.charAt(begin))) {
      begin++;
    }
    return text.substring(begin);
  }

  static String strip(String text) {
    return withoutLeading(text.substring(0, endOfText(text)));
  }

  /** Number of words between white space. */
  static int words(String text) {
    int words = 0;
    for (int i = 0; i < text.length(); i++) {
      if (!isSpace(text.charAt(i)) && (i == 0 || isSpace(text.charAt(i - 1)))) {
        words++;
      }
    }
    return words;
  }
}
