package dev.larkspur.train.worker;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.strategy.TokenSource;
import java.io.IOException;
import org.apache.spark.util.SerializableConfiguration;

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
