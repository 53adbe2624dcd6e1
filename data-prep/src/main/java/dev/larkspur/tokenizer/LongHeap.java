package dev.larkspur.tokenizer;

import java.util.Arrays;

/** A priority queue of numbers, without objects. */
final class LongHeap {
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
