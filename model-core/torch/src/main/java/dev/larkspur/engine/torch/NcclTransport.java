package dev.larkspur.engine.torch;

import dev.larkspur.collective.Rendezvous;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;

/**
 * NCCL, for vectors on CUDA GPUs. It runs on a stream of its own: a collective begins when the
 * gradient before it has been computed, and the backward pass continues meanwhile.
 *
 * <p>The natives are in the build with CUDA only.
 */
final class NcclTransport implements Transport {
  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final Duration timeout;
  private ProcessGroupNCCL group;

  NcclTransport(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * With twice the timeout, so that {@link #finish} fails first: NCCL's own watchdog ends the
   * process.
   */
  @Override
  public Backend connect(Store store, Rendezvous rendezvous) {
    ProcessGroupNCCL.Options options = ProcessGroupNCCL.Options.create();
    options.timeout(new Milliseconds(2 * timeout.toMillis()));
    group = new ProcessGroupNCCL(store, rendezvous.rank(), rendezvous.worldSize(), options);
    return group;
  }

  /**
   * Waits on the host, because waiting on the stream would block the computation of the replica.
   */
  @Override
  public void finish(Work work) {
    long end = System.nanoTime() + timeout.toNanos();
    while (!work.isCompleted()) {
      if (System.nanoTime() > end) {
        group.abort();
        throw new IllegalStateException("NCCL was not done after " + timeout.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    if (!work.isSuccess()) {
      group.abort();
      throw new IllegalStateException("NCCL has lost its connection");
    }
  }

  @Override
  public boolean overlaps() {
    return true;
  }
}
