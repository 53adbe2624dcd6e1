package dev.larkspur.engine.torch;

import dev.larkspur.collective.Rendezvous;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.Work;

/** Gloo over TCP, for vectors in main memory. Its ring gives the same bits on every worker. */
final class GlooTransport implements Transport {

  @Override
  public Backend connect(Store store, Rendezvous rendezvous) {
    // The device keeps a thread and open files until its last owner is closed, which must be the
    // group, not an object that waits for the garbage collector.
    try (PointerScope scope = new PointerScope()) {
      ProcessGroupGloo.Options options =
          ProcessGroupGloo.Options.create(new Milliseconds(rendezvous.timeout().toMillis()));
      options.devices(
          new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(rendezvous.host())));
      return new ProcessGroupGloo(store, rendezvous.rank(), rendezvous.worldSize(), options)
          .retainReference();
    }
  }

  @Override
  public void finish(Work work) {
    work._wait();
  }

  /** Its operations need a thread that runs them in sequence. */
  @Override
  public boolean overlaps() {
    return false;
  }
}
