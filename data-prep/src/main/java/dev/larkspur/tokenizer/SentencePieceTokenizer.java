package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.PieceMerger.Ids;
import dev.larkspur.tokenizer.SentencePieceModel.SentencePiece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * SentencePiece's BPE, with the same ids as its C++ library. Control pieces written out in a text
 * are ordinary characters.
 *
 * <p>Within this class a space is a space; the files write U+2581, and in a text the two are the
 * same.
 */
final class SentencePieceTokenizer implements Tokenizer {
  static final String KIND = "sentencepiece-bpe";

  private static final int LONGEST_CACHED = 32;
  private static final int ASCII = 128;

  private final SentencePieceModel model;
  private final byte[][] texts; // [id][byte]
  private final int[] bytes; // [256] id of the piece of each byte
  private final PieceVocabulary vocabulary;
  private final PieceCuts cuts;
  private final ThreadLocal<ShortWords> shortWordsOfThread =
      ThreadLocal.withInitial(ShortWords::new);
  private final WordCache cache = new WordCache();
  private final TokenizerIdentity identity;

  SentencePieceTokenizer(SentencePieceModel model, String name, String sha256) {
    this.model = model;
    List<String> normal = new ArrayList<>();
    float[] scores = new float[model.pieces().size()];
    texts = new byte[scores.length][];
    for (int id = 0; id < scores.length; id++) {
      SentencePiece piece = model.pieces().get(id);
      boolean isNormal = piece.type() == SentencePiece.Type.NORMAL;
      normal.add(isNormal ? piece.text().replace(SentencePiece.SPACE, ' ') : null);
      scores[id] = piece.score();
      texts[id] = text(piece).getBytes(StandardCharsets.UTF_8);
    }
    bytes = model.byteIds();
    for (int value = 0; value < bytes.length; value++) {
      texts[bytes[value]] = new byte[] {(byte) value};
    }
    vocabulary = new PieceVocabulary(normal, scores);
    cuts = new PieceCuts(normal.stream().filter(Objects::nonNull).toList());
    identity = new TokenizerIdentity(KIND, name, scores.length, model.endOfText(), sha256);
  }

  /** The text of a piece; like in the library, control pieces are invisible. */
  private static String text(SentencePiece piece) {
    return switch (piece.type()) {
      case UNKNOWN -> " \u2047 ";
      case CONTROL -> "";
      default -> piece.text().replace(SentencePiece.SPACE, ' ');
    };
  }

  @Override
  public int[] encode(String text) {
    return text.isEmpty() ? new int[0] : encode(characters(text, model.dummyPrefix() ? 1 : 0));
  }

  @Override
  public Iterator<int[]> encodeInPieces(String text) {
    TextPieces pieces = new TextPieces(text, this::canCut);
    if (text.isEmpty()) {
      return Collections.emptyIterator();
    }
    int[] first = encode(pieces.next());
    return new Iterator<>() {
      private int[] next = first;

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public int[] next() {
        if (next == null) {
          throw new NoSuchElementException();
        }
        int[] ids = next;
        // Only the first piece has the prefix.
        next = pieces.hasNext() ? encode(characters(pieces.next(), 0)) : null;
        return ids;
      }
    };
  }

  private boolean canCut(String text, int index) {
    char left = space(text.charAt(index - 1));
    char right = space(text.charAt(index));
    return !Character.isSurrogate(left)
        && !Character.isSurrogate(right)
        && !cuts.together(left, right);
  }

  private static char space(char character) {
    return character == SentencePiece.SPACE ? ' ' : character;
  }

  private int[] encode(char[] characters) {
    Ids ids = new Ids(characters.length / 2);
    PieceMerger merger = new PieceMerger(vocabulary, bytes);
    ShortWords shortWords = shortWordsOfThread.get();
    for (int from = 0, to; from < characters.length; from = to) {
      int all = characters[from];
      int hash = characters[from];
      long key = ShortWords.append(ShortWords.EMPTY, characters[from]);
      to = from + 1;
      while (to < characters.length && cuts.together(characters[to - 1], characters[to])) {
        all |= characters[to];
        key = ShortWords.append(key, characters[to]);
        hash = 31 * hash + characters[to++];
      }
      if (all >= ASCII || to - from > ShortWords.CHARACTERS) {
        encodeLong(characters, from, to, hash, merger, ids);
      } else if (!shortWords.addTo(ids, key)) {
        int start = ids.size();
        merger.encode(characters, from, to, ids);
        shortWords.put(key, ids, start);
      }
    }
    return ids.from(0);
  }

  private void encodeLong(
      char[] characters, int from, int to, int hash, PieceMerger merger, Ids ids) {
    if (to - from > LONGEST_CACHED) {
      merger.encode(characters, from, to, ids);
      return;
    }
    int[] known = cache.ids(characters, from, to, hash);
    if (known != null) {
      ids.addAll(known);
    } else {
      int start = ids.size();
      merger.encode(characters, from, to, ids);
      cache.put(characters, from, to, hash, ids.from(start));
    }
  }

  private char[] characters(String text, int prefix) {
    char[] characters = new char[prefix + text.length()];
    text.getChars(0, text.length(), characters, prefix);
    if (prefix == 1) {
      characters[0] = ' ';
    }
    for (int i = prefix; i < characters.length; i++) {
      char character = characters[i];
      if (character == SentencePiece.SPACE) {
        characters[i] = ' ';
      } else if (Character.isSurrogate(character)) {
        if (i + 1 < characters.length && Character.isSurrogatePair(character, characters[i + 1])) {
          i++;
        } else {
          // Java's UTF-8 replacement of a lone surrogate.
          characters[i] = '?';
        }
      }
    }
    return characters;
  }

  @Override
  public byte[] bytes(int id) {
    return texts[id].clone();
  }

  /**
   * The text of a sequence of ids, without the space that {@link #encode} put before it: like the
   * library, if the first piece that is not a control piece begins with one.
   */
  @Override
  public String decode(int[] ids) {
    String text = Tokenizer.super.decode(ids);
    return model.dummyPrefix() && beginsWithPrefix(ids) ? text.substring(1) : text;
  }

  private boolean beginsWithPrefix(int[] ids) {
    for (int id : ids) {
      SentencePiece piece = model.pieces().get(id);
      if (piece.type() != SentencePiece.Type.CONTROL) {
        return piece.type() == SentencePiece.Type.NORMAL
            && piece.text().charAt(0) == SentencePiece.SPACE;
      }
    }
    return false;
  }

  @Override
  public SortedMap<Integer, String> specialTokens() {
    SortedMap<Integer, String> specials = new TreeMap<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      SentencePiece piece = model.pieces().get(id);
      if (piece.type() == SentencePiece.Type.CONTROL
          || piece.type() == SentencePiece.Type.UNKNOWN) {
        specials.put(id, piece.text());
      }
    }
    return specials;
  }

  @Override
  public String encoder() {
    return "Larkspur's own, whose ids are those of the SentencePiece library";
  }

  @Override
  public TokenizerIdentity identity() {
    return identity;
  }

  /**
   * A cache of the ids of recent words, one word per slot. Thread-safe without locks: entries are
   * immutable, and a slot that another thread has overwritten only means encoding the word again.
   */
  private static final class WordCache {
    private static final int BITS = 17;

    private final Word[] slots = new Word[1 << BITS];

    /**
     * The ids of the characters from {@code from} to before {@code to}, null if they are not
     * cached.
     *
     * @param hash of the characters
     */
    int[] ids(char[] text, int from, int to, int hash) {
      Word word = slots[slot(hash)];
      return word != null && word.is(text, from, to) ? word.ids : null;
    }

    /** Caches a word; the caller must not change the ids afterwards. */
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

  /**
   * A cache of the ids of recent short words, which are most of any text: word and ids are two
   * adjacent numbers, so that a lookup takes one memory access. Not thread-safe.
   */
  private static final class ShortWords {
    /** Most characters of a word, all of them ASCII. */
    static final int CHARACTERS = 9;

    /** The key of the empty word; characters are {@link #append}ed to it. */
    static final long EMPTY = 1;

    private static final int ASCII_BITS = 7;
    private static final int BITS = 16;
    private static final int ID_BITS = 20;
    private static final int ID_MASK = (1 << ID_BITS) - 1;
    private static final int IDS = 3;
    private static final int COUNT_SHIFT = IDS * ID_BITS;

    private final long[] slots = new long[2 << BITS]; // key, ids; a key is never 0

    /** The key of a word with another ASCII character. */
    static long append(long key, char character) {
      return (key << ASCII_BITS) | character;
    }

    private static int slot(long key) {
      return (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - BITS)) << 1;
    }

    /** Appends the ids of a word; returns false if they are not cached. */
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

    /** Caches the ids from {@code start} as those of a word, if they are few and small. */
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
}
