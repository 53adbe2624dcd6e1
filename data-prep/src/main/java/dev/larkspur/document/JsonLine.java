package dev.larkspur.document;

import dev.larkspur.document.DocumentSource.DocumentFields;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the text and the address in a line of JSON, and validates the rest without keeping it. A
 * general parser limits the lengths of names and numbers and the depth, and would reject records
 * because of fields that are never read. Accepts NaN and Infinity as numbers, because Python writes
 * them. Not thread-safe.
 */
final class JsonLine {
  private static final byte[][] WORDS = {
    word("true"), word("false"), word("null"), word("NaN"), word("Infinity"), word("-Infinity")
  };

  private final byte[] contentName;
  private final byte[] urlName;
  private final BitSet objects = new BitSet();
  private byte[] bytes = {};
  private int at;
  private int end;
  private boolean escaped;
  private boolean blank;
  private JsonText content;
  private JsonText url;
  private boolean contentIsNull;
  private boolean contentIsOther;

  JsonLine(DocumentFields fields) {
    contentName = word(fields.content());
    urlName = word(fields.url());
  }

  private static byte[] word(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a line.
   *
   * @param line valid UTF-8, which must not change until the texts have been read
   * @return whether it is one JSON object, or blank
   */
  boolean read(byte[] line, int length) {
    bytes = line;
    at = Utf8.afterByteOrderMark(line, length);
    end = length;
    content = null;
    url = null;
    contentIsNull = false;
    contentIsOther = false;
    space();
    blank = at == end;
    return blank || (object() && atEnd());
  }

  private boolean atEnd() {
    space();
    return at == end;
  }

  /** Whether the line is blank. */
  boolean blank() {
    return blank;
  }

  /** The text; null if it is missing or not a string. */
  JsonText content() {
    return content;
  }

  /** The address; null if it is missing or not a string. */
  JsonText url() {
    return url;
  }

  /** Whether the text is JSON's null. */
  boolean contentIsNull() {
    return contentIsNull && !contentIsOther;
  }

  /** Whether the text is a number, a list or an object. */
  boolean contentIsOther() {
    return contentIsOther;
  }

  private boolean object() {
    if (!skip('{')) {
      return false;
    }
    space();
    if (skip('}')) {
      return true;
    }
    do {
      space();
      int name = at;
      if (!string()) {
        return false;
      }
      boolean isContent = isName(contentName, name);
      boolean isUrl = !isContent && isName(urlName, name);
      space();
      if (!skip(':')) {
        return false;
      }
      space();
      int value = at;
      if (!value()) {
        return false;
      }
      if (isContent) {
        noteContent(value);
      } else if (isUrl && bytes[value] == '"') {
        url = new JsonText(bytes, value, at - 1, escaped);
      }
      space();
    } while (skip(','));
    return skip('}');
  }

  private void noteContent(int value) {
    if (bytes[value] == '"') {
      content = new JsonText(bytes, value, at - 1, escaped);
    } else if (bytes[value] == 'n') {
      contentIsNull = true;
    } else {
      contentIsOther = true;
    }
  }

  /** Whether the last string read is this name. */
  private boolean isName(byte[] name, int quote) {
    int from = quote + 1;
    int to = at - 1;
    if (!escaped) {
      return Arrays.equals(bytes, from, to, name, 0, name.length);
    }
    // An escape takes at most six bytes per byte that it encodes.
    if (to - from > 6 * name.length) {
      return false;
    }
    try {
      byte[] own = Arrays.copyOfRange(bytes, quote, to + 1);
      return Arrays.equals(word(new JsonText(own, 0, own.length - 1, true).string()), name);
    } catch (CharacterCodingException other) {
      return false;
    }
  }

  /** Skips a value of any depth. */
  private boolean value() {
    int depth = 0;
    while (true) {
      space();
      boolean object = at < end && bytes[at] == '{';
      boolean opens = object || (at < end && bytes[at] == '[');
      if (opens) {
        at++;
        objects.set(depth++, object);
        space();
        if (at < end && bytes[at] != (object ? '}' : ']')) {
          if (object && !name()) {
            return false;
          }
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      while (true) {
        if (depth == 0) {
          return true;
        }
        space();
        boolean inObject = objects.get(depth - 1);
        if (skip(',')) {
          if (inObject && !name()) {
            return false;
          }
          break;
        }
        if (!skip(inObject ? '}' : ']')) {
          return false;
        }
        depth--;
      }
    }
  }

  private boolean name() {
    space();
    if (!string()) {
      return false;
    }
    space();
    return skip(':');
  }

  private boolean scalar() {
    if (at == end) {
      return false;
    }
    if (bytes[at] == '"') {
      return string();
    }
    for (byte[] word : WORDS) {
      if (end - at >= word.length
          && Arrays.equals(bytes, at, at + word.length, word, 0, word.length)) {
        at += word.length;
        return true;
      }
    }
    return number();
  }

  private boolean number() {
    skip('-');
    if (!skip('0') && !digits()) {
      return false;
    }
    if (skip('.') && !digits()) {
      return false;
    }
    if (skip('e') || skip('E')) {
      if (!skip('+')) {
        skip('-');
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int start = at;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return at > start;
  }

  private boolean string() {
    if (!skip('"')) {
      return false;
    }
    escaped = false;
    while (at < end) {
      byte one = bytes[at++];
      if (one == '"') {
        return true;
      }
      if (one == '\\') {
        escaped = true;
        if (!escape()) {
          return false;
        }
      } else if (one >= 0 && one < ' ') {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    if (at == end) {
      return false;
    }
    byte kind = bytes[at++];
    if (kind != 'u') {
      return "\"\\/bfnrt".indexOf(kind) >= 0;
    }
    for (int i = 0; i < 4; i++, at++) {
      if (at >= end || bytes[at] < 0 || Character.digit(bytes[at], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean skip(char expected) {
    boolean there = at < end && bytes[at] == expected;
    at += there ? 1 : 0;
    return there;
  }

  private void space() {
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
      at++;
    }
  }
}
