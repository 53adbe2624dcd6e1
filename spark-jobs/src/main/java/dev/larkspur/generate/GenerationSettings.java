package dev.larkspur.generate;

/**
 * How to continue a text.
 *
 * @param tokens most tokens to add
 * @param temperature of the softmax; 0 takes the likeliest token each time
 * @param topK likeliest tokens that may be drawn; 0 for all
 * @param seed of the draws
 */
public record GenerationSettings(int tokens, double temperature, int topK, long seed) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one cannot be, with its option and what to give instead
   */
  public GenerationSettings {
    if (tokens < 1) {
      throw new IllegalArgumentException("--tokens is " + tokens + ": give 1 or more");
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "--temperature is " + temperature + ": give 0 (the likeliest token) or more");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("--top-k is " + topK + ": give 0 (all tokens) or more");
    }
  }
}
