package dev.larkspur.corpus;

/** Numbers in file names: ASCII digits, whatever the locale. */
final class PaddedNumber {
  private PaddedNumber() {}

  static String of(int number, int digits) {
    String plain = Integer.toString(number);
    return "0".repeat(Math.max(0, digits - plain.length())) + plain;
  }
}
