package dev.larkspur.collective;

/**
 * A key-value store of a group, hosted by worker 0; each worker has its own connection. Every
 * operation throws a {@link RuntimeException} if the store does not answer in time. Not
 * thread-safe.
 */
public interface KeyValueStore extends AutoCloseable {

  /** Sets the value of a key. */
  void set(String key, String value);

  /** The value of a key; waits until it is set. */
  String value(String key);

  /** Whether a key has a value. */
  boolean has(String key);

  /**
   * Adds to a counter atomically.
   *
   * @return the new value; counters start at 0
   */
  long add(String counter, long number);

  @Override
  void close();
}
