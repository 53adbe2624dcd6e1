package dev.larkspur.tokenizer;

import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;

/**
 * Which special token ends a document: the one that the tokenizer's file is known by, or another.
 *
 * @param text of the token; empty if it is not named
 * @param id of the token; -1 if it is not known
 */
public record EndOfText(String text, int id) implements Serializable {
  /** The one that the file is known by. */
  public static final EndOfText USUAL = new EndOfText("", -1);

  /** A token by its text; the usual one for null. */
  public static EndOfText named(String text) {
    return text == null ? USUAL : new EndOfText(text, -1);
  }

  /** A token by its id. */
  public static EndOfText of(int id) {
    return new EndOfText("", id);
  }

  /** Whether no token is chosen. */
  boolean isUsual() {
    return text.isEmpty() && id < 0;
  }

  /**
   * The id of the token that is chosen.
   *
   * @param name of the tokenizer, for messages
   * @param specials its special tokens, by id: no text becomes one of them
   * @throws TokenizerException if it is none of them
   */
  int in(String name, SortedMap<Integer, String> specials) {
    if (text.isEmpty() && specials.containsKey(id)) {
      return id;
    }
    for (Map.Entry<Integer, String> special : specials.entrySet()) {
      if (special.getValue().equals(text)) {
        return special.getKey();
      }
    }
    throw new TokenizerException(
        "The end-of-text token '%s' is none of the special tokens of the tokenizer %s: set data.end-of-text to one of %s"
            .formatted(text.isEmpty() ? id : text, name, specials.values()));
  }
}
