package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.Replica;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.strategy.TrainingStrategy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * DL4J's {@code SharedTrainingMaster}: one replica in each executor. Replicas send each other the
 * large elements of their updates asynchronously, over Aeron.
 */
public final class SharedTrainingStrategy implements TrainingStrategy {

  @Override
  public String name() {
    return "dl4j-shared-training";
  }

  @Override
  public String engine() {
    return "dl4j";
  }

  @Override
  public List<String> limits() {
    return List.of(
        "replicas differ from each other and from the model that is saved (replicaDistance in the metrics), and stay apart until the training is started again",
        "the same training ends with other numbers each time",
        "each replica has moments of its own, and their mean is saved",
        "a step of each replica may get lost in a round",
        "an executor that is lost ends the training, and another start resumes it from the last round",
        "UDP must pass, unencrypted, between driver and executors, which must be in one IPv4 network");
  }

  @Override
  public boolean usesExecutors() {
    return true;
  }

  /** The transport in the driver and in each executor starts only once. */
  @Override
  public boolean startsOnce() {
    return true;
  }

  @Override
  public Map<String, String> clusterProperties() {
    return Map.of(
        // Otherwise one executor may get the data of another and train on both.
        "spark.locality.wait", "0",
        // A retried task would find the others in the middle of their round.
        "spark.task.maxFailures", "1");
  }

  @Override
  public Optional<String> refusal(String master) {
    return master.matches("local(\\[.*)?")
        ? Optional.of(
            "all of %s is one process, which has one replica: use dl4j-parallel-wrapper, or start executors"
                .formatted(master))
        : Optional.empty();
  }

  @Override
  public RoundTrainer start(RoundPlan plan, TokenSource tokens, Replica initial) {
    return SharedTrainer.start(plan, tokens, initial);
  }
}
