package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.Progress;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.AdamW;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundPlan.Exchange;
import dev.larkspur.strategy.RoundPlan.Replicas;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.tensor.Shard;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.TrainingPhase.Allocation;
import dev.larkspur.train.worker.TrainingReporter.Outlet;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.spark.util.SerializableConfiguration;

/**
 * An attempt at a training in rounds, in the driver: a library trains the replicas, and this class
 * measures and saves the result of each round.
 *
 * @param spec specification of the training
 * @param settings the library's strategy
 * @param replicas number of replicas that share a step
 * @param hadoop how file systems are reached
 */
public record RoundTraining(
    TrainingSpec spec, StrategySettings settings, int replicas, SerializableConfiguration hadoop) {

  /** Trains to the last step, or until it is stopped. */
  public WorkerResult run(MetricsSink metrics, Consumer<Progress> progress) {
    RunDirectory run = new RunDirectory(spec.source().run(), hadoop.value());
    Corpus corpus = Corpus.open(spec.source().corpus(), spec.source().manifest(), hadoop.value());
    Engine engine = Engines.named(spec.compute().engine());
    Device device = Device.cpu(spec.compute().threads());
    Collective alone = new SingleWorker();
    try (TokenStream tokens =
            new TokenStream(corpus, spec.batches().seed(), spec.model().context());
        TrainingPhase phase =
            TrainingPhase.of(
                new Allocation(
                    step ->
                        engine.replica(
                            spec.model(),
                            device,
                            spec.compute().precision(),
                            spec.recipe().optimizer(),
                            Shard.whole(ParameterTable.of(spec.model()).length())),
                    length -> engine.vector(length, device)),
                spec.startStep(),
                spec,
                alone,
                run);
        RoundLoop loop =
            new RoundLoop(
                this,
                phase,
                tokens,
                new Outlet(metrics, progress, PeakFlops.of(spec, device, replicas)))) {
      return loop.run();
    } catch (IOException e) {
      throw new StoreException("cannot close the corpus " + spec.source().corpus(), e);
    }
  }

  /**
   * The plan for the library.
   *
   * @throws TrainingException if the library does not have the optimizer
   */
  RoundPlan plan() {
    AdamW optimizer = adamW();
    return new RoundPlan(
        spec.model(),
        optimizer,
        spec.recipe().schedule(),
        spec.recipe().gradientClip(),
        spec.startStep(),
        new Replicas(replicas, spec.batches().globalBatch() / replicas, spec.compute().threads()),
        new Exchange(settings.rounds().averagingSteps(), settings.rounds().threshold()));
  }

  private AdamW adamW() {
    if (spec.recipe().optimizer() instanceof AdamW adamW) {
      return adamW;
    }
    throw new TrainingException(
        "training.strategy = %s updates with AdamW only, and this training uses %s: set training.strategy = all-reduce"
            .formatted(
                settings.kind().word(), spec.recipe().optimizer().getClass().getSimpleName()));
  }

  CorpusTokens tokens() {
    return new CorpusTokens(spec, replicas, hadoop);
  }

  /**
   * The tokens of a run's steps. Each step has the same tokens as with workers that sum their
   * gradients.
   *
   * @param spec specification of the training
   * @param replicas number of replicas that share a step
   * @param hadoop how file systems are reached
   */
  record CorpusTokens(TrainingSpec spec, int replicas, SerializableConfiguration hadoop)
      implements TokenSource {

    @Override
    public TokenReader open(int replica) {
      Corpus corpus = Corpus.open(spec.source().corpus(), spec.source().manifest(), hadoop.value());
      corpus.requireFingerprint(spec.attempt().provenance().corpusFingerprint());
      TokenStream tokens = new TokenStream(corpus, spec.batches().seed(), spec.model().context());
      BatchOrder order = new BatchOrder(spec.batches().skipped(), spec.batches().freshSteps());
      int globalBatch = spec.batches().globalBatch();
      int share = globalBatch / replicas;
      return new TokenReader() {
        @Override
        public TokenBatch read(long step) {
          TokenBatch batch = tokens.batch(share);
          tokens.training(order.batch(step) * globalBatch + (long) replica * share, batch);
          return batch;
        }

        @Override
        public void close() {
          try {
            tokens.close();
          } catch (IOException e) {
            throw new StoreException("cannot close " + spec.source().corpus(), e);
          }
        }
      };
    }
  }
}
