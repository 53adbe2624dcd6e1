package dev.larkspur.tokenizer;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A SentencePiece-BPE model that {@link SentencePieceTokenizer} encodes exactly: byte fallback and
 * no normaliser, as Llama 1, Llama 2 and Mistral have it.
 *
 * @param pieces by id
 * @param dummyPrefix whether a text is encoded as if a space came before it
 * @param endOfText id of the control piece that ends a text
 */
record SentencePieceModel(List<SentencePiece> pieces, boolean dummyPrefix, int endOfText) {
  private static final int BYTES = 256;
  private static final long MOST_WORK = 1L << 30;

  /**
   * Checks the pieces.
   *
   * @param name of the file, for messages
   * @param eos text of the control piece that ends a text
   * @throws TokenizerException if SentencePiece would encode the pieces differently
   */
  static SentencePieceModel of(
      String name, List<SentencePiece> pieces, boolean dummyPrefix, String eos) {
    BitSet bytes = new BitSet(BYTES);
    int unknown = -1;
    int endOfText = -1;
    Set<String> texts = new HashSet<>();
    for (int id = 0; id < pieces.size(); id++) {
      SentencePiece piece = pieces.get(id);
      String text = piece.text();
      checkText(name, id, piece);
      if (!texts.add(text)) {
        throw refuse(name, "its piece '" + text + "' occurs twice");
      }
      switch (piece.type()) {
        case NORMAL -> {}
        case UNKNOWN -> {
          if (unknown >= 0) {
            throw refuse(name, "it has two unknown pieces, " + unknown + " and " + id);
          }
          unknown = id;
        }
        case CONTROL -> endOfText = text.equals(eos) ? id : endOfText;
        case BYTE -> bytes.set(byteOf(name, text));
        case USER_DEFINED -> throw refuse(name, "its piece '" + text + "' is user-defined");
        case UNUSED -> throw refuse(name, "its piece '" + text + "' is marked as unused");
      }
    }
    // Finding the merges of a piece takes time quadratic in its length.
    if (pieces.stream()
            .mapToLong(piece -> (long) piece.text().length() * piece.text().length())
            .sum()
        > MOST_WORK) {
      throw refuse(name, "its pieces are too long");
    }
    if (unknown < 0) {
      throw refuse(name, "it has no unknown piece");
    }
    if (bytes.cardinality() < BYTES) {
      throw refuse(name, "it has no piece " + byteText(bytes.nextClearBit(0)) + " for a byte");
    }
    if (endOfText < 0) {
      throw refuse(name, "it has no control piece '" + eos + "' to end a text with");
    }
    return new SentencePieceModel(List.copyOf(pieces), dummyPrefix, endOfText);
  }

  private static void checkText(String name, int id, SentencePiece piece) {
    String text = piece.text();
    if (text.isEmpty()) {
      throw refuse(name, "its piece " + id + " is empty");
    }
    if (text.indexOf(' ') >= 0 || text.indexOf('\0') >= 0) {
      throw refuse(name, "its piece " + id + " holds a space or a null character");
    }
    if (!Float.isFinite(piece.score())) {
      throw refuse(name, "the score of its piece '" + text + "' is " + piece.score());
    }
    // SentencePiece fails on a text with this character.
    if (piece.type() == SentencePiece.Type.CONTROL && text.codePointCount(0, text.length()) == 1) {
      throw refuse(name, "its control piece '" + text + "' is a single character");
    }
  }

  private static int byteOf(String name, String text) {
    for (int value = 0; value < BYTES; value++) {
      if (byteText(value).equals(text)) {
        return value;
      }
    }
    throw refuse(name, "its byte piece '" + text + "' is not of the form <0x0A>");
  }

  /** The ids of the pieces of the 256 bytes. */
  int[] byteIds() {
    int[] ids = new int[BYTES];
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == SentencePiece.Type.BYTE) {
        ids[byteOf("", pieces.get(id).text())] = id;
      }
    }
    return ids;
  }

  static String byteText(int value) {
    return "<0x%02X>".formatted(value);
  }

  static TokenizerException refuse(String name, String reason) {
    return new TokenizerException(
        "The SentencePiece model "
            + name
            + " cannot be used, because "
            + reason
            + ": only BPE with byte fallback and without a normaliser, as Llama 1, Llama 2 and"
            + " Mistral have it, is encoded exactly; use the model's tokenizer.json instead.");
  }

  /**
   * An entry of a SentencePiece model; its id is its index.
   *
   * @param text as in the file, with U+2581 for a space
   * @param score merges into pieces with higher scores happen earlier
   * @param type kind of piece
   */
  record SentencePiece(String text, float score, Type type) {
    /** The character for a space in the library and its files. */
    static final char SPACE = '\u2581';

    /** The kinds of pieces, with their numbers in the file. */
    enum Type {
      NORMAL(1),
      UNKNOWN(2),
      CONTROL(3),
      USER_DEFINED(4),
      UNUSED(5),
      BYTE(6);

      private final int number;

      Type(int number) {
        this.number = number;
      }

      /** The type of a number; null if there is none. */
      static Type of(int number) {
        for (Type type : values()) {
          if (type.number == number) {
            return type;
          }
        }
        return null;
      }
    }
  }
}
