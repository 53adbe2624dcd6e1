package dev.larkspur.tokenizer;

import java.util.Random;

/** Texts that no one would write. */
final class RandomText {
  private static final String LIKELY =
      "  \u2581\n\t\r'sdmtlvre0123456789.,;-<>/|éßñ\u00a0\u3000\u0085\u200b²½Ⅷ٣字かА가😀\ufffd\u0000";

  private RandomText() {}

  /** Pieces of words, much white space, and any character that there is. */
  static String of(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(60); length > 0; length--) {
      int choice = random.nextInt(10);
      int point =
          choice < 4
              ? LIKELY.codePointAt(random.nextInt(LIKELY.length()))
              : choice < 8 ? 'a' + random.nextInt(26) : random.nextInt(0x110000);
      boolean half = point >= 0xd800 && point <= 0xdfff;
      text.appendCodePoint(half ? ' ' : point);
    }
    return text.toString();
  }
}
