package dev.larkspur.train.worker;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.GpuType;
import dev.larkspur.engine.NvidiaSmi;
import java.util.List;
import java.util.OptionalDouble;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The peak of a device, which its utilisation is a share of. */
final class PeakFlops {
  private static final Logger LOG = Logger.getLogger(PeakFlops.class.getName());

  private PeakFlops() {}

  /**
   * Peak of matrix products of all workers together, in FLOP/s; empty on CPUs and on GPUs of an
   * unknown type, unless the settings have it.
   *
   * @param device that of one worker, on this host
   */
  static OptionalDouble of(TrainingSpec spec, Device device, int workers) {
    double given = spec.cadence().inspection().peakFlops();
    if (Double.isFinite(given)) {
      return OptionalDouble.of(workers * given);
    }
    if (device.type() == Device.Type.CPU) {
      return OptionalDouble.empty();
    }
    try {
      List<Gpu> gpus = new NvidiaSmi().gpus();
      // All GPUs of a host are of one type, as the workers of a step wait for the slowest.
      return GpuType.ofProduct(gpus.get(0).name()).stream()
          .mapToDouble(type -> workers * type.peak(spec.compute().precision()))
          .findFirst();
    } catch (EngineException e) {
      LOG.log(Level.FINE, "no MFU: the type of the GPU is unknown", e);
      return OptionalDouble.empty();
    }
  }
}
