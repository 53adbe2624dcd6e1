package dev.larkspur.tokenizer;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** A long text in pieces, cut only where its encoding does not change. */
final class TextPieces implements Iterator<String> {
  /** Where a text can be cut. */
  interface Cuts {
    /** Whether the text can be cut before the character at an index, which is not the first. */
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
    // A remainder that is too short for a piece stays with the one before it.
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
