package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.Replica;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.strategy.TrainingStrategy;
import java.util.List;
import java.util.Optional;

/** DL4J's {@code ParallelWrapper}: trains several replicas in one process and averages them. */
public final class ParallelWrapperStrategy implements TrainingStrategy {

  @Override
  public String name() {
    return "dl4j-parallel-wrapper";
  }

  @Override
  public String engine() {
    return "dl4j";
  }

  @Override
  public List<String> limits() {
    return List.of(
        "replicas train alone between two averages of their parameters (training.dl4j.averaging-steps), so the result is not that of training.strategy = all-reduce",
        "all replicas are threads of the driver");
  }

  @Override
  public boolean usesExecutors() {
    return false;
  }

  @Override
  public Optional<String> refusal(String master) {
    return master.matches("local(\\[.*)?")
        ? Optional.empty()
        : Optional.of(
            "it trains in the driver's process, and the executors of %s would have nothing to do: start it with --master local[*]"
                .formatted(master));
  }

  @Override
  public RoundTrainer start(RoundPlan plan, TokenSource tokens, Replica initial) {
    return new ParallelWrapperTrainer(plan, tokens, initial);
  }
}
