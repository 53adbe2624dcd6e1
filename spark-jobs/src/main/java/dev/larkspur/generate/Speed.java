package dev.larkspur.generate;

/**
 * How fast texts were made.
 *
 * @param promptTokens tokens of the prompts, an end-of-text before each included
 * @param promptSeconds spent on reading them
 * @param tokens that were added
 * @param seconds spent on adding them
 */
public record Speed(long promptTokens, double promptSeconds, long tokens, double seconds) {
  static final Speed NONE = new Speed(0, 0, 0, 0);

  /**
   * Added tokens in a second, all texts together; of the first ones the prompts have the credit.
   */
  public double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }

  Speed and(Speed other) {
    return new Speed(
        promptTokens + other.promptTokens,
        promptSeconds + other.promptSeconds,
        tokens + other.tokens,
        seconds + other.seconds);
  }
}
