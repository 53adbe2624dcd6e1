package dev.larkspur.strategy;

import dev.larkspur.engine.TokenBatch;
import java.io.Serializable;

/** Opens readers of training tokens in the processes of the replicas. */
@FunctionalInterface
public interface TokenSource extends Serializable {

  /**
   * Opens a reader in this process.
   *
   * @param replica number of the replica
   */
  TokenReader open(int replica);

  /** Reads the batches of one replica. Used by one thread. */
  interface TokenReader extends AutoCloseable {

    /** The replica's share of a step, counted from 0; each call returns a new batch. */
    TokenBatch read(long step);

    @Override
    void close();
  }
}
