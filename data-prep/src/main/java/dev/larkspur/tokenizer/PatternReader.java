package dev.larkspur.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a regular expression of Oniguruma, the regex library of Hugging Face's tokenizers, as far
 * as needed to estimate the cost of a search.
 */
final class PatternReader {
  /** The upper bound of an unbounded repetition. */
  static final int UNBOUNDED = Integer.MAX_VALUE;

  private static final Pattern COUNTS = Pattern.compile("\\{(\\d{0,9})(,?)(\\d{0,9})}");
  private static final Pattern GROUP =
      Pattern.compile("\\((?:\\?(?:[=!>:]|<[=!]|<[^>]*>|[a-zA-Z-]*:|[a-zA-Z-]*\\)))?");
  private static final Pattern PROPERTY = Pattern.compile("\\\\[pP]\\{[^}]*}");
  private static final Pattern CODE =
      Pattern.compile("\\\\x\\{[^}]*}|\\\\x[0-9a-fA-F]{1,2}|\\\\u[0-9a-fA-F]{4}");
  private static final String PLACES = "bBAzZG";
  private static final String UNUSUAL = "123456789kgKXR";

  private final String text;
  private int at;

  PatternReader(String text) {
    this.text = text;
  }

  /** The expression cannot be parsed. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String reason) {
      super(reason);
    }
  }

  /** Alternatives, each a sequence. */
  record Choice(List<List<Item>> alternatives) {}

  /**
   * A repeated item.
   *
   * @param atom the expression of a single character; null if it is a group or an assertion
   * @param group null if it is not a group
   * @param least fewest repetitions
   * @param most most repetitions, or {@link #UNBOUNDED}
   * @param kind whether it consumes characters, and backtracks
   */
  record Item(String atom, Choice group, int least, int most, Kind kind) {}

  /** Kinds of items. */
  enum Kind {
    /** Backtracks if the rest does not match. */
    PLAIN,
    /** Never backtracks. */
    ATOMIC,
    /** Consumes no characters. */
    PLACE
  }

  Choice read() throws Unreadable {
    Choice choice = choice(0);
    if (at < text.length()) {
      throw new Unreadable("it has an unmatched )");
    }
    return choice;
  }

  private Choice choice(int depth) throws Unreadable {
    if (depth > 50) {
      throw new Unreadable("its groups are nested too deeply");
    }
    List<List<Item>> alternatives = new ArrayList<>();
    List<Item> sequence = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != ')') {
      if (text.charAt(at) == '|') {
        at++;
        alternatives.add(sequence);
        sequence = new ArrayList<>();
      } else {
        sequence.add(repeated(item(depth)));
      }
    }
    alternatives.add(sequence);
    return new Choice(alternatives);
  }

  private Item item(int depth) throws Unreadable {
    char first = text.charAt(at);
    return switch (first) {
      case '(' -> group(depth);
      case '[' -> atom(endOfClass());
      case '\\' -> escaped();
      case '^', '$' -> assertion(at + 1);
      default -> atom(text.offsetByCodePoints(at, 1));
    };
  }

  private Item group(int depth) throws Unreadable {
    Matcher begin = GROUP.matcher(text).region(at, text.length());
    if (!begin.lookingAt()) {
      throw new Unreadable("it has a group of an unknown kind");
    }
    String kind = begin.group();
    at = begin.end();
    if (kind.endsWith(")")) {
      return new Item(null, new Choice(List.of(List.of())), 1, 1, Kind.PLACE);
    }
    if (kind.equals("(") && at < text.length() && text.charAt(at) == '?') {
      throw new Unreadable("it has a group of an unknown kind");
    }
    Choice inside = choice(depth + 1);
    if (at >= text.length()) {
      throw new Unreadable("it has an unmatched (");
    }
    at++;
    boolean assertion = kind.endsWith("=") || kind.endsWith("!");
    Kind of = assertion ? Kind.PLACE : kind.equals("(?>") ? Kind.ATOMIC : Kind.PLAIN;
    return new Item(null, inside, 1, 1, of);
  }

  private Item escaped() throws Unreadable {
    if (at + 1 >= text.length()) {
      throw new Unreadable("it ends with a backslash");
    }
    char letter = text.charAt(at + 1);
    if (UNUSUAL.indexOf(letter) >= 0) {
      throw new Unreadable("it has \\" + letter);
    }
    if (PLACES.indexOf(letter) >= 0) {
      return assertion(at + 2);
    }
    for (Pattern longer : List.of(PROPERTY, CODE)) {
      Matcher matcher = longer.matcher(text).region(at, text.length());
      if (matcher.lookingAt()) {
        return atom(matcher.end());
      }
    }
    return atom(text.offsetByCodePoints(at + 1, 1));
  }

  private Item atom(int end) {
    Item atom = new Item(text.substring(at, end), null, 1, 1, Kind.PLAIN);
    at = end;
    return atom;
  }

  private Item assertion(int end) {
    at = end;
    return new Item(null, null, 1, 1, Kind.PLACE);
  }

  private int endOfClass() throws Unreadable {
    int depth = 0;
    for (int i = at; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '\\') {
        i++;
      } else if (character == '[') {
        depth++;
        // A closing bracket in the first position is a character.
        i += text.startsWith("^]", i + 1) ? 2 : text.startsWith("]", i + 1) ? 1 : 0;
      } else if (character == ']' && --depth == 0) {
        return i + 1;
      }
    }
    throw new Unreadable("it has an unmatched [");
  }

  private Item repeated(Item item) {
    Item result = item;
    while (at < text.length()) {
      int least;
      int most;
      char sign = text.charAt(at);
      Matcher counts = COUNTS.matcher(text).region(at, text.length());
      if (sign == '*' || sign == '+' || sign == '?') {
        least = sign == '+' ? 1 : 0;
        most = sign == '?' ? 1 : UNBOUNDED;
        at++;
      } else if (sign == '{' && counts.lookingAt() && counts.end() > at + 2) {
        least = number(counts.group(1), 0);
        most = counts.group(2).isEmpty() ? least : number(counts.group(3), UNBOUNDED);
        at = counts.end();
      } else {
        return result;
      }
      Kind kind = result.kind();
      if (at < text.length() && sign != '{' && text.charAt(at) == '+') {
        kind = kind == Kind.PLACE ? kind : Kind.ATOMIC;
        at++;
      } else if (at < text.length() && text.charAt(at) == '?') {
        at++;
      }
      result =
          result.least() == 1 && result.most() == 1
              ? new Item(result.atom(), result.group(), least, most, kind)
              : new Item(null, new Choice(List.of(List.of(result))), least, most, kind);
    }
    return result;
  }

  private static int number(String digits, int otherwise) {
    return digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }
}
