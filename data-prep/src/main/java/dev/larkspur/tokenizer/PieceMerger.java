package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes a word as SentencePiece does: among all neighbours that form a piece, merges those of the
 * piece with the best score, leftmost first, until there are none; characters without a piece then
 * become their UTF-8 bytes. Takes O(n log n) for n characters. Not thread-safe.
 */
final class PieceMerger {
  private static final int NONE = -1;

  private final PieceVocabulary vocabulary;
  private final int[] bytes; // [256] id of the piece of each byte
  private final LongHeap candidates = new LongHeap();
  // One entry per character of the word; entries that were merged into the previous one are
  // skipped.
  private int[] symbols = {};
  private int[] places = {}; // where in the text it begins
  private int[] previous = {};
  private int[] following = {};
  private int[] joined = {}; // the piece that it spells with the following one

  PieceMerger(PieceVocabulary vocabulary, int[] bytes) {
    this.vocabulary = vocabulary;
    this.bytes = bytes;
  }

  /** Appends the ids of the characters from {@code from} to before {@code to}. */
  void encode(char[] text, int from, int to, Ids ids) {
    int count = split(text, from, to);
    for (int i = 0; i + 1 < count; i++) {
      propose(i);
    }
    while (!candidates.isEmpty()) {
      long best = candidates.removeLeast();
      int left = (int) best;
      if (joined[left] != NONE && vocabulary.rank(joined[left]) == (int) (best >>> 32)) {
        join(left);
      }
    }
    for (int i = 0; i != NONE; i = following[i]) {
      if (vocabulary.isPiece(symbols[i])) {
        ids.add(symbols[i]);
      } else {
        addBytes(Character.codePointAt(text, places[i], to), ids);
      }
    }
  }

  private int split(char[] text, int from, int to) {
    reserve(to - from);
    int count = 0;
    for (int place = from; place < to; count++) {
      int point = Character.codePointAt(text, place, to);
      symbols[count] = vocabulary.symbol(point);
      places[count] = place;
      previous[count] = count - 1;
      following[count] = count + 1;
      joined[count] = NONE;
      place += Character.charCount(point);
    }
    following[count - 1] = NONE;
    return count;
  }

  private void join(int left) {
    int right = following[left];
    symbols[left] = joined[left];
    following[left] = following[right];
    if (following[left] != NONE) {
      previous[following[left]] = left;
    }
    joined[right] = NONE;
    propose(left);
    if (previous[left] != NONE) {
      propose(previous[left]);
    }
  }

  private void propose(int left) {
    int right = following[left];
    joined[left] = right == NONE ? NONE : vocabulary.merged(symbols[left], symbols[right]);
    if (joined[left] != NONE) {
      candidates.add(((long) vocabulary.rank(joined[left]) << 32) | left);
    }
  }

  private void addBytes(int codePoint, Ids ids) {
    // The library has replaced spaces before it looks for pieces.
    int written = codePoint == ' ' ? SentencePiece.SPACE : codePoint;
    for (byte value : Character.toString(written).getBytes(StandardCharsets.UTF_8)) {
      ids.add(bytes[value & 0xff]);
    }
  }

  private void reserve(int length) {
    if (symbols.length < length) {
      int size = Math.max(length, Math.max(2 * symbols.length, 64));
      symbols = Arrays.copyOf(symbols, size);
      places = Arrays.copyOf(places, size);
      previous = Arrays.copyOf(previous, size);
      following = Arrays.copyOf(following, size);
      joined = Arrays.copyOf(joined, size);
    }
  }

  /** A growing list of token ids. */
  static final class Ids {
    private int[] ids;
    private int size;

    Ids(int expected) {
      ids = new int[Math.max(expected, 8)];
    }

    void add(int id) {
      reserve(1);
      ids[size++] = id;
    }

    void addAll(int[] more) {
      reserve(more.length);
      // Words have few ids: a loop is faster than a copy.
      for (int id : more) {
        ids[size++] = id;
      }
    }

    int get(int index) {
      return ids[index];
    }

    int size() {
      return size;
    }

    int[] from(int start) {
      return Arrays.copyOfRange(ids, start, size);
    }

    private void reserve(int more) {
      if (size + more > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(size + more, 2 * ids.length));
      }
    }
  }

  /** A priority queue of numbers, without objects. */
  private static final class LongHeap {
    private long[] heap = new long[64]; // the children of i are 2 i + 1 and 2 i + 2
    private int size;

    boolean isEmpty() {
      return size == 0;
    }

    void add(long value) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      int hole = size++;
      while (hole > 0 && heap[(hole - 1) / 2] > value) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
      }
      heap[hole] = value;
    }

    long removeLeast() {
      long least = heap[0];
      long last = heap[--size];
      int hole = 0;
      for (int child = 1; child < size; child = 2 * hole + 1) {
        if (child + 1 < size && heap[child + 1] < heap[child]) {
          child++;
        }
        if (heap[child] >= last) {
          break;
        }
        heap[hole] = heap[child];
        hole = child;
      }
      heap[hole] = last;
      return least;
    }
  }
}
