package dev.larkspur.evaluate;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.DeviceChoice;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.Engines;
import dev.larkspur.train.worker.PhaseSchedule;
import dev.larkspur.train.worker.TokenStream;
import dev.larkspur.train.worker.ValidationLoss;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Sums the loss over one part of the validation blocks. */
record EvaluationTask(
    String runDir,
    CheckpointName checkpoint,
    String corpus,
    int manifest,
    PhaseSchedule phases,
    String engine,
    DeviceChoice deviceChoice,
    int threads,
    Precision precision,
    int microBatch,
    long blocks,
    int parts,
    Broadcast<SerializableConfiguration> hadoop)
    implements Function<Integer, Double> {
  private static final long serialVersionUID = 1L;

  @Override
  public Double call(Integer part) throws Exception {
    Configuration conf = hadoop.value().value();
    Device device = Devices.ofTask(TaskContext.get(), deviceChoice, threads);
    try (Replica replica =
            Engines.named(engine).replica(phases.used(checkpoint.step()), device, precision);
        TokenStream tokens =
            new TokenStream(Corpus.open(corpus, manifest, conf), 0, phases.model().context())) {
      CheckpointStore checkpoints = new CheckpointStore(new RunDirectory(runDir, conf));
      phases.loadParameters(checkpoints, checkpoint, replica);
      return ValidationLoss.sum(
          replica, tokens, blocks * part / parts, blocks * (part + 1) / parts, microBatch);
    }
  }
}
