package dev.larkspur.tokenizer;

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
