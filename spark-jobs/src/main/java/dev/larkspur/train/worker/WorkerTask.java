package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.metrics.MetricsSender;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.monitoring.WorkerMetrics;
import dev.larkspur.run.AttemptHistory;
import dev.larkspur.run.AttemptHistory.AttemptWorkers;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.tensor.Shard;
import dev.larkspur.train.cluster.BarrierStage;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.WorkerRendezvous;
import dev.larkspur.train.worker.TrainingLoop.Worker;
import dev.larkspur.train.worker.TrainingPhase.Allocation;
import dev.larkspur.train.worker.TrainingReporter.Outlet;
import dev.larkspur.train.worker.TrainingSpec.Compute;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** A task of the barrier stage: finds its device and its peers, then trains. */
public final class WorkerTask implements BarrierStage.Work<WorkerResult> {
  private static final long serialVersionUID = 1L;

  private final TrainingSpec spec;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final String receiver;

  /**
   * @param receiver name of the {@link dev.larkspur.metrics.MetricsReceiver} in the driver
   */
  public WorkerTask(
      TrainingSpec spec, Broadcast<SerializableConfiguration> hadoop, String receiver) {
    this.spec = spec;
    this.hadoop = hadoop;
    this.receiver = receiver;
  }

  @Override
  public WorkerResult run(BarrierTaskContext task) throws Exception {
    WorkerLog log = WorkerLog.of(spec, task.partitionId(), task.getTaskInfos().length);
    try {
      WorkerResult result = report(task, log);
      log.ends(result);
      return result;
    } catch (Throwable e) {
      log.fails(e);
      throw e;
    }
  }

  private WorkerResult report(BarrierTaskContext task, WorkerLog log) throws Exception {
    if (task.partitionId() > 0) {
      return train(task, log, new Outlet(log.before(MetricsSink.NONE), progress -> {}));
    }
    try (MetricsSender metrics = MetricsSender.to(receiver)) {
      return train(task, log, new Outlet(log.before(metrics), metrics::progress));
    }
  }

  private WorkerResult train(BarrierTaskContext task, WorkerLog log, Outlet outlet)
      throws Exception {
    Configuration conf = hadoop.value().value();
    RunDirectory run = new RunDirectory(spec.source().run(), conf);
    new AttemptLog(run).requireSeen(spec.attempt().number());
    Corpus corpus = Corpus.open(spec.source().corpus(), spec.source().manifest(), conf);
    corpus.requireFingerprint(spec.attempt().provenance().corpusFingerprint());
    Compute compute = spec.compute();
    Engine engine = Engines.named(compute.engine());
    Device device = Devices.ofTask(task, compute.device(), engine, compute.threads());
    log.begins(spec, device);
    String deviceName = device.type().name().toLowerCase(Locale.ROOT);
    List<String> hosts = Arrays.stream(task.getTaskInfos()).map(BarrierTaskInfo::address).toList();
    WorkerMetrics metrics = WorkerMetrics.ofProcess();
    engine
        .usedMemory(device)
        .ifPresent(now -> metrics.deviceMemory(() -> engine.usedMemory(device).orElse(0)));
    TrainingSpec placed =
        device.type() == Device.Type.CPU ? spec.with(spec.exchange().betweenCpus(hosts)) : spec;
    try (Collective peers = engine.join(WorkerRendezvous.of(task, spec.exchange()), device);
        TokenStream tokens =
            new TokenStream(corpus, spec.batches().seed(), spec.model().context());
        TrainingLoop loop =
            new TrainingLoop(
                placed,
                new Worker(deviceName, peers, hosts),
                new Allocation(
                    step -> replica(engine, device, peers, spec.recipe().phases().trained(step)),
                    length -> engine.vector(length, device)),
                tokens,
                run,
                task.partitionId() == 0
                    ? outlet.withPeak(PeakFlops.of(spec, device, hosts.size()))
                    : outlet)) {
      if (task.partitionId() == 0) {
        // All workers have met by now, and a later attempt writes its own file.
        new AttemptHistory(run)
            .working(spec.attempt().number(), new AttemptWorkers(hosts, deviceName));
      }
      return loop.run();
    }
  }

  private Replica replica(Engine engine, Device device, Collective peers, ModelConfig model) {
    long length = ParameterTable.of(model).length();
    Shard shard =
        spec.exchange().shardOptimizer()
            ? Shard.of(length, peers.rank(), peers.worldSize())
            : Shard.whole(length);
    Replica replica =
        engine.replica(model, device, spec.compute().precision(), spec.recipe().optimizer(), shard);
    replica.activationCheckpointing(spec.compute().checkpointing());
    return replica;
  }
}
