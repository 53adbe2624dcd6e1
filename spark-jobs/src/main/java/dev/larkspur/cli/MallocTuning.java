package dev.larkspur.cli;

import java.util.Map;

/**
 * The C library's allocator as LibTorch on a CPU likes it: memory of one step is kept for the next
 * instead of going back to the system and being zeroed again (20 % of a step's time).
 */
final class MallocTuning {
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "8000000000");

  private MallocTuning() {}
}
