package dev.larkspur.benchmark;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.train.cluster.BarrierStage;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.Engines;
import dev.larkspur.train.cluster.WorkerRendezvous;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures the exchange between workers as training has it: tasks of a barrier stage, wherever
 * Spark places them. Everything is measured in turn, so that what else the machine does falls on
 * all alike.
 */
public final class ExchangeBenchmark implements BarrierStage.Work<ExchangeReport> {
  private static final long serialVersionUID = 1L;

  private final ExchangePlan plan;

  private ExchangeBenchmark(ExchangePlan plan) {
    this.plan = plan;
  }

  /** Runs the benchmark; what worker 0 has measured. */
  public static ExchangeReport run(JavaSparkContext spark, ExchangePlan plan) {
    return BarrierStage.run(
            spark, plan.workers(), new ExchangeBenchmark(plan), ExchangeReport.class)
        .get(0);
  }

  private static int workersInProcess(BarrierTaskContext task) {
    String own = ManagementFactory.getRuntimeMXBean().getName();
    return Collections.frequency(List.of(task.allGather(own)), own);
  }

  @Override
  public ExchangeReport run(BarrierTaskContext task) throws IOException {
    Engine engine = Engines.named(plan.engine());
    Device device = Devices.ofTask(task, plan.device(), plan.threads());
    Rendezvous rendezvous = WorkerRendezvous.of(task, plan.exchange());
    try (Collective peers = engine.join(rendezvous, device);
        SocketRing ring =
            SocketRing.connect(
                peers.rank(), rendezvous.host(), own -> List.of(task.allGather(own)))) {
      List<Bandwidth> bandwidths =
          new BandwidthRounds(engine, device, peers, ring).measure(plan.sizes(), plan.rounds());
      return new ExchangeReport(
          bandwidths,
          new StepRounds(plan, engine, device, peers, workersInProcess(task))
              .measure(plan.rounds()));
    }
  }
}
