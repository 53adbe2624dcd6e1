package dev.larkspur.collective.socket;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment until which something must have happened. */
record Deadline(long nanoTime) {

  static Deadline in(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /**
   * Milliseconds until then, at least one.
   *
   * @param what has not happened if it has passed
   * @throws SocketTimeoutException if it has passed
   */
  int millisLeft(String what) throws SocketTimeoutException {
    long nanos = nanoTime - System.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException(what);
    }
    return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
  }
}
