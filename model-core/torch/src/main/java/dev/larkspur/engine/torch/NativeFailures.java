package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.EngineException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Locale;

/**
 * Turns failures of LibTorch into one sentence. LibTorch's messages have many lines, mostly
 * addresses in its code.
 */
final class NativeFailures {
  /** Markers that follow the reason in messages of c10. */
  private static final String[] PLACES = {
    "\nException raised from", "\nframe #", "\nC++ CapturedTraceback"
  };

  private NativeFailures() {}

  /**
   * Wraps an object so that its failures, and those of objects that it returns, have short
   * messages.
   */
  static <T> T inWords(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(target, arguments);
                return result instanceof DecodingSession decoding
                    ? inWords(DecodingSession.class, decoding)
                    : result;
              } catch (InvocationTargetException failure) {
                throw inWords(method.getName(), failure.getCause());
              }
            }));
  }

  private static Throwable inWords(String act, Throwable failure) {
    // JavaCPP throws no more specific type.
    return failure.getClass() == RuntimeException.class
        ? new EngineException("LibTorch failed in %s: %s".formatted(act, sentence(failure)))
        : failure;
  }

  /** The problem and the remedy. */
  static String sentence(Throwable failure) {
    String reason = String.valueOf(failure.getMessage());
    for (String place : PLACES) {
      int at = reason.indexOf(place);
      reason = at < 0 ? reason : reason.substring(0, at);
    }
    String text = reason.strip();
    return text
        + (isMemory(text)
            ? ". Lower training.micro-batch, or the model's size"
            : ". Please report it, with the settings");
  }

  /**
   * What to throw for a failure to allocate: the message if there is no memory, else the failure
   * itself.
   */
  static RuntimeException allocating(RuntimeException failure, String message) {
    return isMemory(String.valueOf(failure.getMessage()))
        ? new EngineException(message, failure)
        : failure;
  }

  private static boolean isMemory(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("memory") && (lower.contains("alloc") || lower.contains("out of"));
  }
}
