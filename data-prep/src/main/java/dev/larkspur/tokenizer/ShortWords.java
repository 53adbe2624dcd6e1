package dev.larkspur.tokenizer;

/**
 * The ids of short words seen lately, most of any text: word and ids are two numbers side by side,
 * so that to find one takes a single look into memory. Not thread-safe.
 */
final class ShortWords {
  /** Most characters of a word, each of ASCII. */
  static final int CHARACTERS = 9;

  /** What the key of a word starts from; each character then is {@link #append}ed. */
  static final long EMPTY = 1;

  private static final int ASCII_BITS = 7;
  private static final int BITS = 16;
  private static final int ID_BITS = 20;
  private static final int ID_MASK = (1 << ID_BITS) - 1;
  private static final int IDS = 3;
  private static final int COUNT_SHIFT = IDS * ID_BITS;

  private final long[] slots = new long[2 << BITS]; // key, ids; a key is never 0

  /** The key of a word with one more character of ASCII. */
  static long append(long key, char character) {
    return (key << ASCII_BITS) | character;
  }

  private static int slot(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - BITS)) << 1;
  }

  /** Appends the ids of a word; false if they are not known. */
  boolean addTo(Ids ids, long key) {
    int slot = slot(key);
    if (slots[slot] != key) {
      return false;
    }
    long packed = slots[slot + 1];
    for (int left = (int) (packed >>> COUNT_SHIFT); left > 0; left--) {
      ids.add((int) packed & ID_MASK);
      packed >>>= ID_BITS;
    }
    return true;
  }

  /** Remembers the ids from a place on to be those of a word, if they are few and small. */
  void put(long key, Ids ids, int start) {
    int count = ids.size() - start;
    if (count > IDS) {
      return;
    }
    long packed = (long) count << COUNT_SHIFT;
    for (int i = 0; i < count; i++) {
      if (ids.get(start + i) > ID_MASK) {
        return;
      }
      packed |= (long) ids.get(start + i) << (i * ID_BITS);
    }
    int slot = slot(key);
    slots[slot] = key;
    slots[slot + 1] = packed;
  }
}
