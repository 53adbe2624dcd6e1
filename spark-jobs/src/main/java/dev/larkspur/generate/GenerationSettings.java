package dev.larkspur.generate;

/**
 * How to continue texts.
 *
 * @param tokens most tokens to add to each
 * @param temperature temperature of the softmax; 0 takes the likeliest token each time
 * @param topK likeliest tokens that may be drawn; 0 for all
 * @param topP draw only from the likeliest tokens, after topK, whose probabilities together reach
 *     this; 1 for all (Holtzman et al., arXiv 1904.09751)
 * @param seed seed for sampling: the text of prompt i, from 0, is drawn with seed + i
 * @param batch most texts that are continued at the same time
 */
public record GenerationSettings(
    int tokens, double temperature, int topK, double topP, long seed, int batch) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range, naming its option and the allowed
   *     values
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
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "--top-p is " + topP + ": give a number above 0 and at most 1 (all tokens)");
    }
    if (batch < 1) {
      throw new IllegalArgumentException("--batch is " + batch + ": give 1 or more");
    }
  }
}
