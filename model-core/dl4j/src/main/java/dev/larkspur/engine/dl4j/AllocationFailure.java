package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.EngineException;
import java.util.Locale;
import java.util.function.Supplier;

/** Recognises allocation failures of ND4J and JavaCPP, which have no exception type. */
final class AllocationFailure {
  private AllocationFailure() {}

  /**
   * Runs code that allocates, and explains allocation failures; rethrows all others.
   *
   * @param message what did not fit, where, and what to do
   * @throws EngineException with the message if there is not enough memory
   */
  static <T> T explained(Supplier<T> work, Supplier<String> message) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw new EngineException(message.get(), e);
    } catch (RuntimeException e) {
      throw isAllocationFailure(e) ? new EngineException(message.get(), e) : e;
    }
  }

  private static boolean isAllocationFailure(RuntimeException failure) {
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("alloc") || text.contains("out of memory");
  }
}
