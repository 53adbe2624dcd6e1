package dev.larkspur.strategy;

import dev.larkspur.engine.TokenBatch;
import java.io.Serializable;

/** Where replicas read the tokens of their steps, in whatever process they are. */
@FunctionalInterface
public interface TokenSource extends Serializable {

  /**
   * Opens it in this process.
   *
   * @param replica number of the replica that reads
   */
  TokenReader open(int replica);

  /** One replica's batches. Used by one thread. */
  interface TokenReader extends AutoCloseable {

    /** The replica's share of a step, counted from 0; a new batch each time. */
    TokenBatch read(long step);

    @Override
    void close();
  }
}
