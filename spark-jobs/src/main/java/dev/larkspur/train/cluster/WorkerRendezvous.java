package dev.larkspur.train.cluster;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.settings.ExchangeSettings;
import dev.larkspur.train.TrainingException;
import java.util.Arrays;
import org.apache.spark.BarrierTaskContext;

/** How the tasks of a barrier stage find each other: through Spark's own all-gather. */
public final class WorkerRendezvous {
  private WorkerRendezvous() {}

  /**
   * The rendezvous of a task.
   *
   * @throws TrainingException if this host lacks the network interface of the settings
   */
  public static Rendezvous of(BarrierTaskContext task, ExchangeSettings settings) {
    return new Rendezvous(
        task.partitionId(),
        task.numPartitions(),
        WorkerAddress.of(task, settings.networkInterface()),
        settings.rendezvousPorts(),
        own ->
            Arrays.stream(task.allGather(own)).filter(a -> !a.isEmpty()).findFirst().orElseThrow(),
        settings.timeout());
  }
}
