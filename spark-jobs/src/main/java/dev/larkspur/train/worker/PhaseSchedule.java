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
 * Which model there is at which step of a run: with guides while it is guided, without them after.
 *
 * @param model without guides
 * @param guidance when it has them
 */
public record PhaseSchedule(ModelConfig model, SelfGuidance guidance) implements Serializable {

  /** Of the run that settings describe. */
  public static PhaseSchedule of(Settings settings, ModelConfig model) {
    return new PhaseSchedule(
        model, settings.training().guidance(model.context(), settings.run().seed()));
  }

  /** The model that the update after {@code step} others trains. */
  public ModelConfig trained(long step) {
    return guidance.guides(step) ? model.guided() : model;
  }

  /** The model that a checkpoint is read into to be used, not to be trained. */
  public ModelConfig used(long step) {
    // Step 0 has a checkpoint only if it is an import, which has no guides.
    return step == 0 ? model : trained(step);
  }

  /** Whether guides are dropped after so many updates, and training continues without them. */
  boolean endsGuidance(long step) {
    return step > 0 && step == guidance.steps();
  }

  /**
   * What a checkpoint holds. That of the last guided step still has the guides: it is written by
   * the replica that has trained them.
   */
  ParameterTable stored(long step) {
    // Step 0 is an import, which has none.
    boolean guided = step > 0 && step <= guidance.steps();
    return ParameterTable.of(guided ? model.guided() : model);
  }

  /** Reads parameters only, and guides the replica as much as at that step. */
  public void loadParameters(CheckpointStore checkpoints, CheckpointName name, Replica replica) {
    checkpoints.loadParameters(name, stored(name.step()), replica);
    guide(name.step(), replica);
  }

  /** Guides a replica as much as at a step, without draws. */
  void guide(long step, Replica replica) {
    replica.guide(guidance.mean(step, model.layers()));
  }
}
