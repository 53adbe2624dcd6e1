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
  public GenerationSettings {
    if (tokens < 1) {
      throw new GenerationException("--tokens " + tokens + ": ask for at least 1");
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new GenerationException("--temperature " + temperature + ": give 0 (greedy) or more");
    }
    if (topK < 0) {
      throw new GenerationException("--top-k " + topK + ": give 0 (all tokens) or more");
    }
  }
}
