package dev.larkspur.collective.socket;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time by which something must have happened. */
record Deadline(long nanoTime) {

  static Deadline in(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /**
   * Milliseconds until the deadline, at least one.
   *
   * @param what has not happened, for the message of the exception
   * @throws SocketTimeoutException if the deadline has passed
   */
  int millisLeft(String what) throws SocketTimeoutException {
    long nanos = nanoTime - System.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException(what);
    }
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
  }
}
