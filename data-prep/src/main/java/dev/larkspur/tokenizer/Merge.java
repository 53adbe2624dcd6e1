package dev.larkspur.tokenizer;

/**
 * One step of byte-level BPE: two neighbouring tokens become one.
 *
 * @param left id of the first token
 * @param right id of the second
 * @param merged id of both together
 */
record Merge(int left, int right, int merged) {
  long pair() {
    return pair(left, right);
  }

  static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }
}
