package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.metrics.MetricsSender;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
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
    Configuration conf = hadoop.value().value();
    RunDirectory run = new RunDirectory(spec.runDir(), conf);
    new AttemptLog(run).requireSeen(spec.attempt());
    Corpus corpus = Corpus.open(spec.corpus(), spec.manifest(), conf);
    corpus.requireFingerprint(spec.provenance().corpusFingerprint());
    Engine engine = Engines.named(spec.engine());
    Device device = Devices.ofTask(task, spec.device(), spec.threads());
    try (Collective peers = engine.join(WorkerRendezvous.of(task, spec.exchange()), device);
        TokenStream tokens = new TokenStream(corpus, spec.seed(), spec.model().context())) {
      List<String> hosts =
          Arrays.stream(task.getTaskInfos()).map(BarrierTaskInfo::address).toList();
      if (task.partitionId() > 0) {
        return train(engine, device, peers, tokens, run, hosts, MetricsSink.NONE, ignored -> {});
      }
      try (MetricsSender metrics = MetricsSender.to(receiver)) {
        return train(engine, device, peers, tokens, run, hosts, metrics, metrics::progress);
      }
    }
  }

  private WorkerResult train(
      Engine engine,
      Device device,
      Collective peers,
      TokenStream tokens,
      RunDirectory run,
      List<String> hosts,
      MetricsSink metrics,
      Consumer<Progress> progress) {
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
            metrics,
            progress)) {
      return loop.run();
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
