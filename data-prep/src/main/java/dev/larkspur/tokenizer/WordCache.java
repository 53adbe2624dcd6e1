package dev.larkspur.tokenizer;

import java.util.Arrays;

/**
 * The ids of words seen lately, one word a slot. Safe for use by many threads without locks: a word
 * never changes, and a slot that another thread has just overwritten is at worst a word to encode
 * again.
 */
final class WordCache {
  private static final int BITS = 17;

  private final Word[] slots = new Word[1 << BITS];

  /**
   * The ids of the characters from {@code from} to before {@code to}, null if they are not there.
   *
   * @param hash of the characters
   */
  int[] ids(char[] text, int from, int to, int hash) {
    Word word = slots[slot(hash)];
    return word != null && word.is(text, from, to) ? word.ids : null;
  }

  /** Remembers a word; the caller does not change the ids afterwards. */
  void put(char[] text, int from, int to, int hash, int[] ids) {
    slots[slot(hash)] = new Word(Arrays.copyOfRange(text, from, to), ids);
  }

  private static int slot(int hash) {
    return (hash * 0x9E3779B9) >>> (Integer.SIZE - BITS);
  }

  private static final class Word {
    private final char[] characters;
    private final int[] ids;

    Word(char[] characters, int[] ids) {
      this.characters = characters;
      this.ids = ids;
    }

    boolean is(char[] text, int from, int to) {
      return Arrays.equals(characters, 0, characters.length, text, from, to);
    }
  }
}
