package dev.larkspur.train.cluster;

import dev.larkspur.corpus.UnreachableCorpusException;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.PassingFailures;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.TrainingException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Tells failures that another attempt may not meet from those that it will. */
public final class Failures {
  private static final String NO_SPACE = "No space left on device";

  /** Wrong settings, damaged input, a machine that computes wrongly: the same again next time. */
  private static final List<Class<? extends RuntimeException>> LASTING =
      List.of(
          BadInputException.class,
          TryAgainException.class,
          SafetensorsException.class,
          TrainingException.class);

  private Failures() {}

  /** Whether another attempt would fail in the same way. */
  public static boolean isLasting(Throwable failure) {
    return ExceptionUtils.getThrowableList(failure).stream().noneMatch(Failures::mayPass)
        && ExceptionUtils.getThrowableList(failure).stream()
            .anyMatch(
                cause ->
                    LASTING.stream().anyMatch(type -> type.isInstance(cause))
                        || String.valueOf(cause.getMessage()).contains(NO_SPACE));
  }

  /** A corpus that cannot be read for now, or from one host, is no damaged one. */
  private static boolean mayPass(Throwable cause) {
    return PassingFailures.include(cause) || cause instanceof UnreachableCorpusException;
  }

  /** The outermost cause of a type. */
  public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
    return ExceptionUtils.getThrowableList(failure).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
