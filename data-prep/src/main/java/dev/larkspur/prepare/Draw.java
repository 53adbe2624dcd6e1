package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;

import java.io.Serializable;

/**
 * Documents with one text, of one source and split.
 *
 * @param split theirs
 * @param source theirs
 * @param draw their draw
 * @param tokens of each of them
 * @param documents how many there are
 */
record Draw(Split split, int source, long draw, long tokens, long documents)
    implements Serializable {
  /** With more tokens of its last document, which count once for all with the same text. */
  Draw plus(long more) {
    return new Draw(split, source, draw, tokens + more, documents);
  }
}
