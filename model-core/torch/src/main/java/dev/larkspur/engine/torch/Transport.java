package dev.larkspur.engine.torch;

import dev.larkspur.collective.Rendezvous;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Work;

/** What differs between the libraries that move tensors between workers. */
interface Transport {

  /** Connects the workers; returns when all are there. */
  Backend connect(Store store, Rendezvous rendezvous);

  /**
   * Returns when a collective is done.
   *
   * @throws RuntimeException if it has failed, or lasts longer than the rendezvous allows
   */
  void finish(Work work);

  /** Whether a collective progresses by itself while the calling thread computes. */
  boolean overlaps();
}
