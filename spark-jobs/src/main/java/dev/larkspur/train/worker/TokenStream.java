package dev.larkspur.train.worker;

import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.engine.TokenBatch;
import java.io.IOException;

/**
 * The blocks of a corpus in the order of the run: training blocks shuffled, validation blocks in
 * stored order.
 */
public final class TokenStream implements AutoCloseable {
  private final int context;
  private final TokenOrder trainingOrder;
  private final TokenOrder validationOrder;
  private final BlockReader training;
  private final BlockReader validation;

  /**
   * Opens both splits.
   *
   * @param seed seed for the training order
   * @param context tokens of a sequence, as the corpus has them
   */
  public TokenStream(Corpus corpus, long seed, int context) {
    this.context = context;
    this.trainingOrder = new TokenOrder(corpus.manifest(), Split.TRAIN, seed);
    this.validationOrder = TokenOrder.sequential(corpus.manifest(), Split.VALIDATION);
    this.training = new BlockReader(corpus, Split.TRAIN);
    this.validation = new BlockReader(corpus, Split.VALIDATION);
  }

  /** Blocks of the validation split. */
  public long validationBlocks() {
    return validationOrder.blocks();
  }

  /** A batch to be filled. */
  public TokenBatch batch(int sequences) {
    return new TokenBatch(sequences, context);
  }

  /** Fills a batch with training blocks from a global index on. */
  public void training(long index, TokenBatch batch) {
    fill(trainingOrder, training, index, batch);
  }

  /** Fills a batch with validation blocks from an index on. */
  public void validation(long index, TokenBatch batch) {
    fill(validationOrder, validation, index, batch);
  }

  private static void fill(TokenOrder order, BlockReader reader, long index, TokenBatch batch) {
    for (int i = 0; i < batch.sequences(); i++) {
      reader.read(order.locate(index + i), batch.ids(), batch.offset(i));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      training.close();
    } finally {
      validation.close();
    }
  }
}
