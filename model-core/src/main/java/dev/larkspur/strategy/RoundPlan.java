package dev.larkspur.strategy;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import java.io.Serializable;

/**
 * What replicas train and how.
 *
 * @param model its shape
 * @param optimizer its settings
 * @param schedule learning rates
 * @param gradientClip largest norm of a replica's gradient
 * @param firstStep updates done before the first round
 * @param replicas how many, and how they compute
 * @param exchange what they exchange
 */
public record RoundPlan(
    ModelConfig model,
    AdamW optimizer,
    LearningRateSchedule schedule,
    double gradientClip,
    long firstStep,
    Replicas replicas,
    Exchange exchange)
    implements Serializable {

  /**
   * The replicas.
   *
   * @param count of them
   * @param sequences of each in a step
   * @param threads of each
   */
  public record Replicas(int count, int sequences, int threads) implements Serializable {}

  /**
   * What replicas exchange.
   *
   * @param averagingSteps steps after which parameters are averaged, where they are
   * @param threshold above which an element of an update is sent, where updates are; adapted from
   *     there on
   */
  public record Exchange(int averagingSteps, double threshold) implements Serializable {}
}
