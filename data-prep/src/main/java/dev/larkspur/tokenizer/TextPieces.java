package dev.larkspur.tokenizer;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Splits a long text into pieces, only where that does not change its encoding. */
final class TextPieces implements Iterator<String> {
  /** Decides where a text can be split. */
  interface Cuts {
    /** Whether the text can be split before the character at an index above 0. */
    boolean before(String text, int index);
  }

  private static final int CHARACTERS = 1 << 20;

  private final String text;
  private final Cuts cuts;
  private int start;

  TextPieces(String text, Cuts cuts) {
    this.text = text;
    this.cuts = cuts;
  }

  @Override
  public boolean hasNext() {
    return start < text.length();
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int end = start;
    // A remainder that is too short for a piece is added to the last one.
    if (text.length() - start > 2 * CHARACTERS) {
      end += CHARACTERS;
      while (end < text.length() && !cuts.before(text, end)) {
        end++;
      }
    } else {
      end = text.length();
    }
    String piece = text.substring(start, end);
    start = end;
    return piece;
  }
}
