package dev.larkspur.engine.torch;

import dev.larkspur.collective.Rendezvous;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Work;

/** A library that moves tensors between workers. */
interface Transport {

  /** Connects the workers; returns once all are connected. */
  Backend connect(Store store, Rendezvous rendezvous);

  /**
   * Waits until a collective has finished.
   *
   * @throws RuntimeException if it has failed, or exceeds the timeout of the rendezvous
   */
  void finish(Work work);

  /** Whether a collective progresses by itself while the calling thread computes. */
  boolean overlaps();
}
