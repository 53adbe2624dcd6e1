package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.Replica;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.tensor.FlatVector;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.trainer.Trainer;

/** Rounds of a {@link ParallelWrapper} that averages parameters and moments. */
final class ParallelWrapperTrainer implements RoundTrainer {
  private static final long PAUSE_NANOS = 1_000_000;

  private final RoundPlan plan;
  private final TokenSource tokens;
  private final GraphModel model;
  private final ReplicaListener listener = new ReplicaListener();
  private final AtomicReference<ParallelWrapper> running = new AtomicReference<>();

  ParallelWrapperTrainer(RoundPlan plan, TokenSource tokens, Replica initial) {
    this.plan = plan;
    this.tokens = tokens;
    this.model = GraphModel.of(plan, 1, WorkspaceMode.NONE, initial);
  }

  @Override
  public RoundResult train(long firstStep, int steps) {
    int replicas = plan.replicas().count();
    listener.begin(steps);
    ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(model.graph())
            .workers(replicas)
            .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
            .averagingFrequency(averagingSteps(steps))
            // The default, ENABLED, overrules the configuration of every replica.
            .workspaceMode(WorkspaceMode.NONE)
            .build();
    // The wrapper frees its replicas after fit(); only its listeners have access to them.
    wrapper.setListeners(listener);
    running.set(wrapper);
    try (RoundBatches batches =
        RoundBatches.of(tokens, replicas, firstStep, steps, () -> awaitReplicas(wrapper))) {
      wrapper.fit(batches);
    } finally {
      wrapper.shutdown();
      running.set(null);
    }
    return listener.result(model.graph().params());
  }

  /**
   * Each of the wrapper's threads copies the first replica when it starts, so that one must not
   * train before all copies are made. DL4J does not wait for them. A replica has its listeners once
   * it is complete; before that, its thread refers to the first replica.
   */
  private void awaitReplicas(ParallelWrapper wrapper) {
    Trainer[] trainers = wrapper.getZoo();
    for (int replica = 1; replica < trainers.length; replica++) {
      while (!isComplete(trainers[replica])) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private boolean isComplete(Trainer trainer) {
    // Throws the failure of the thread.
    trainer.isRunning();
    return trainer.getModel() instanceof ComputationGraph replica
        && replica != model.graph()
        && replica.getListeners().stream().anyMatch(ReplicaListener.class::isInstance);
  }

  /**
   * Parameters must be averaged after the last step too, since the result is read from one replica.
   */
  private int averagingSteps(int steps) {
    int most = Math.min(steps, plan.exchange().averagingSteps());
    while (steps % most != 0) {
      most--;
    }
    return most;
  }

  @Override
  public long progress() {
    return listener.iterations();
  }

  @Override
  public FlatVector parameters() {
    return model.parameters();
  }

  @Override
  public Map<String, FlatVector> optimizerState() {
    return model.optimizerState();
  }

  /** If a round still runs, its memory stays in use; only its next step is prevented. */
  @Override
  public void close() {
    ParallelWrapper hanging = running.get();
    if (hanging == null) {
      model.close();
    } else {
      hanging.stopFit();
    }
  }
}
