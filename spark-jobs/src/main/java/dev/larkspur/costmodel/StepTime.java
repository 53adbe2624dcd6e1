package dev.larkspur.costmodel;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Seconds of one step, by what they go to; their sum is the step.
 *
 * @param products matrix products, attention's included
 * @param between norms, activations and other operations between them, bound by memory
 * @param exchange what is left of the gradient exchange when the backward pass is over
 * @param optimizer norm of the gradient, AdamW, and the copy to multiply with
 * @param parameters sending updated parameters, if the optimiser is sharded
 * @param input reading token blocks
 */
public record StepTime(
    double products,
    double between,
    double exchange,
    double optimizer,
    double parameters,
    double input) {

  static final StepTime NONE = new StepTime(0, 0, 0, 0, 0, 0);

  StepTime plus(double share, StepTime other) {
    return new StepTime(
        products + share * other.products,
        between + share * other.between,
        exchange + share * other.exchange,
        optimizer + share * other.optimizer,
        parameters + share * other.parameters,
        input + share * other.input);
  }

  /** Seconds of the whole step. */
  public double total() {
    return products + between + exchange + optimizer + parameters + input;
  }

  /** Seconds by name, in the order of a step. */
  public Map<String, Double> parts() {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("input", input);
    parts.put("matrix products", products);
    parts.put("between products", between);
    parts.put("exchange not hidden", exchange);
    parts.put("optimizer", optimizer);
    parts.put("sending parameters", parameters);
    return parts;
  }

  /** Name of the largest part. */
  public String largest() {
    return parts().entrySet().stream()
        .max(Comparator.comparingDouble(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }
}
