package dev.larkspur.train.worker;

import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.settings.Settings;
import java.io.Serializable;

/**
 * Which model a run trains at each step: with guides in guided steps, without them afterwards.
 *
 * @param model without guides
 * @param guidance when it has guides
 */
public record PhaseSchedule(ModelConfig model, SelfGuidance guidance) implements Serializable {

  /** The schedule of the run that settings describe. */
  public static PhaseSchedule of(Settings settings, ModelConfig model) {
    return new PhaseSchedule(
        model, settings.training().guidance(model.context(), settings.run().seed()));
  }

  /** The model that the update after {@code step} others trains. */
  public ModelConfig trained(long step) {
    return guidance.guides(step) ? model.guided() : model;
  }

  /** The model that a checkpoint is loaded into for use without training. */
  public ModelConfig used(long step) {
    // Step 0 has a checkpoint only if it is an import, which has no guides.
    return step == 0 ? model : trained(step);
  }

  /** Whether guides are dropped after {@code step} updates and training continues without them. */
  boolean endsGuidance(long step) {
    return step > 0 && step == guidance.steps();
  }

  /**
   * The parameters in a checkpoint. The checkpoint of the last guided step still has guides,
   * because the replica that trained them writes it.
   */
  ParameterTable stored(long step) {
    // Step 0 is an import, which has no guides.
    boolean guided = step > 0 && step <= guidance.steps();
    return ParameterTable.of(guided ? model.guided() : model);
  }

  /** Loads parameters only, and sets the guides' weight of that step. */
  public void loadParameters(CheckpointStore checkpoints, CheckpointName name, Replica replica) {
    checkpoints.loadParameters(name, stored(name.step()), replica);
    guide(name.step(), replica);
  }

  /** Sets the mean of the guides' weight at a step, without random draws. */
  void guide(long step, Replica replica) {
    replica.guide(guidance.mean(step, model.layers()));
  }
}
