package dev.larkspur.launch;

import dev.larkspur.storage.BadInputException;
import org.apache.commons.lang3.StringUtils;

/** Spark does not start with the settings and the memory that it was given. */
public final class SparkStartException extends BadInputException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 500;

  public SparkStartException(Exception cause) {
    super(
        "Spark does not start (%s): correct the settings below spark, or LARKSPUR_HEAP"
            .formatted(reason(cause)),
        cause);
  }

  private static String reason(Exception cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return StringUtils.abbreviate(message.strip().replaceAll("\\s*\\R\\s*", " "), LONGEST);
  }
}
