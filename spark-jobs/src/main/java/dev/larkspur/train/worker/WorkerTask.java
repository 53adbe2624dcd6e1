package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.ProgressAccumulator;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.tensor.Shard;
import dev.larkspur.train.cluster.BarrierStage;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.WorkerRendezvous;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
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
  private final ProgressAccumulator progress;

  public WorkerTask(
      TrainingSpec spec,
      Broadcast<SerializableConfiguration> hadoop,
      ProgressAccumulator progress) {
    this.spec = spec;
    this.hadoop = hadoop;
    this.progress = progress;
  }

  @Override
  public WorkerResult run(BarrierTaskContext task) throws Exception {
    Configuration conf = hadoop.value().value();
    RunDirectory run = new RunDirectory(spec.runDir(), conf);
    new AttemptLog(run).requireSeen(spec.attempt());
    Corpus corpus = Corpus.open(spec.corpus(), spec.manifest(), conf);
    corpus.requireFingerprint(spec.provenance().corpusFingerprint());
    Engine engine = Engines.named(spec.engine());
    Device device = Devices.ofTask(task, spec.device(), spec.threads());
    boolean reports = task.partitionId() == 0;
    Consumer<Progress> report = reports ? progress::add : ignored -> {};
    try (Collective peers = engine.join(WorkerRendezvous.of(task, spec.exchange()), device);
        TokenStream tokens = new TokenStream(corpus, spec.seed(), spec.model().context())) {
      List<String> hosts =
          Arrays.stream(task.getTaskInfos()).map(BarrierTaskInfo::address).toList();
      String deviceName = device.type().name().toLowerCase(Locale.ROOT);
      try (TrainingLoop loop =
          new TrainingLoop(
              spec,
              deviceName,
              peers,
              step -> replica(engine, device, peers, spec.phases().trained(step)),
              tokens,
              run,
              hosts,
              report)) {
        return loop.run();
      }
    }
  }

  private Replica replica(Engine engine, Device device, Collective peers, ModelConfig model) {
    long length = ParameterTable.of(model).length();
    Shard shard =
        spec.exchange().shardOptimizer()
            ? Shard.of(length, peers.rank(), peers.worldSize())
            : Shard.whole(length);
    return engine.replica(model, device, spec.precision(), spec.optimizer(), shard);
  }
}
