package dev.larkspur.tokenizer;

import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;

/**
 * The special token that ends a document: the default of the tokenizer's file, or another.
 *
 * @param text of the token; empty if it is not given
 * @param id of the token; -1 if it is not given
 */
public record EndOfText(String text, int id) implements Serializable {
  /** The default token of the file. */
  public static final EndOfText USUAL = new EndOfText("", -1);

  /** A token by its text; the default for null. */
  public static EndOfText named(String text) {
    return text == null ? USUAL : new EndOfText(text, -1);
  }

  /** A token by its id. */
  public static EndOfText of(int id) {
    return new EndOfText("", id);
  }

  /** Whether no token is chosen. */
  boolean isDefault() {
    return text.isEmpty() && id < 0;
  }

  /**
   * Resolves the id of the token.
   *
   * @param name of the tokenizer, for messages
   * @param specials its special tokens, by id; text is never encoded as one of them
   * @throws TokenizerException if it is not one of them
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
        "The end-of-text token '%s' is not a special token of the tokenizer %s: set data.end-of-text to one of %s"
            .formatted(text.isEmpty() ? id : text, name, specials.values()));
  }
}
