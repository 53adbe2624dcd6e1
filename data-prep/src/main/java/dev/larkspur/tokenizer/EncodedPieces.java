package dev.larkspur.tokenizer;

import java.util.Iterator;
import java.util.function.Function;

/** The ids of pieces of a text, one piece after the other. */
record EncodedPieces(Iterator<String> pieces, Function<String, int[]> encoder)
    implements Iterator<int[]> {
  @Override
  public boolean hasNext() {
    return pieces.hasNext();
  }

  @Override
  public int[] next() {
    return encoder.apply(pieces.next());
  }
}
