package dev.larkspur.tokenizer;

import java.io.Serializable;

/**
 * A tokenizer as the settings name it.
 *
 * @param place {@code gpt2}, or the path of a file
 * @param endOfText the token that ends its documents
 */
public record TokenizerChoice(String place, EndOfText endOfText) implements Serializable {
  /** With the end of text that the file is known by. */
  public static TokenizerChoice of(String place) {
    return new TokenizerChoice(place, EndOfText.USUAL);
  }
}
