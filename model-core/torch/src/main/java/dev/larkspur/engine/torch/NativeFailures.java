package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.EngineException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Locale;

/**
 * Failures of LibTorch in one sentence. It throws texts of many lines, most of them addresses in
 * its own code, which tell nobody anything.
 */
final class NativeFailures {
  /** What c10 writes behind the reason. */
  private static final String[] PLACES = {
    "\nException raised from", "\nframe #", "\nC++ CapturedTraceback"
  };

  private NativeFailures() {}

  /** The same object, whose failures, and those of what it makes, are sentences. */
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
    // JavaCPP throws nothing more special.
    return failure.getClass() == RuntimeException.class
        ? new EngineException("LibTorch failed in %s: %s".formatted(act, sentence(failure)))
        : failure;
  }

  /** What is wrong, and what to do. */
  static String sentence(Throwable failure) {
    String reason = String.valueOf(failure.getMessage());
    for (String place : PLACES) {
      int at = reason.indexOf(place);
      reason = at < 0 ? reason : reason.substring(0, at);
    }
    String text = reason.strip();
    String lower = text.toLowerCase(Locale.ROOT);
    boolean memory =
        lower.contains("memory") && (lower.contains("alloc") || lower.contains("out of"));
    return text
        + (memory
            ? ". Lower training.micro-batch, or the model's size"
            : ". Please report it, with the settings");
  }
}
