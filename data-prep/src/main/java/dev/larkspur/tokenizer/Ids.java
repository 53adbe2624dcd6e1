package dev.larkspur.tokenizer;

import java.util.Arrays;

/** Token ids in the making. */
final class Ids {
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
