package dev.larkspur.collective;

/**
 * A small store that all members of a group reach, each through a connection of its own: worker 0
 * keeps it. Every operation throws a {@link RuntimeException} when the store does not answer in
 * time. Used by one thread.
 */
public interface KeyValueStore extends AutoCloseable {

  /** Sets the value of a key. */
  void set(String key, String value);

  /** The value of a key; waits until it has one. */
  String value(String key);

  /** Whether a key has a value. */
  boolean has(String key);

  /**
   * Adds to a counter, in one step for all members.
   *
   * @return the sum, from 0
   */
  long add(String counter, long number);

  @Override
  void close();
}
