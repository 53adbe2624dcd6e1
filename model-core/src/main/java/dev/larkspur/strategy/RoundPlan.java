package dev.larkspur.strategy;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import java.io.Serializable;

/**
 * The model that replicas train, and the settings of the training.
 *
 * @param model shape of the model
 * @param optimizer settings of the optimiser
 * @param schedule learning rates
 * @param gradientClip maximum norm of a replica's gradient
 * @param firstStep number of updates before the first round
 * @param replicas number and settings of the replicas
 * @param exchange settings of the exchange
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
   * Number and settings of the replicas.
   *
   * @param count number of replicas
   * @param sequences of each replica in a step
   * @param threads of each replica
   */
  public record Replicas(int count, int sequences, int threads) implements Serializable {}

  /**
   * Settings of the exchange between replicas.
   *
   * @param averagingSteps steps between two averages, for strategies that average parameters
   * @param threshold initial threshold above which an element is sent, for strategies that send
   *     updates; the library adapts it
   */
  public record Exchange(int averagingSteps, double threshold) implements Serializable {}
}
