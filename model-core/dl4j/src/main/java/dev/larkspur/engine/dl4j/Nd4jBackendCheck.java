package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.EngineException.NativeLibraryException;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NativeCache;
import dev.larkspur.engine.NvidiaSmi;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend.NoAvailableBackendException;

/**
 * Checks that ND4J computes on the requested device. A process has one backend: the first, by
 * priority, that starts. If the CUDA backend does not start, ND4J silently falls back to CPUs.
 */
final class Nd4jBackendCheck {
  private static final String CUDA_BACKEND = "JCublasBackend";

  private Nd4jBackendCheck() {}

  /**
   * Starts ND4J for a device.
   *
   * @throws EngineException if the device is a GPU that is missing or that ND4J has no code for, or
   *     ND4J has loaded the backend of another device
   * @throws NativeLibraryException if ND4J does not start
   */
  static void open(Device device) {
    requireGpu(device, new NvidiaSmi());
    requireBackend(device, startedBackend());
  }

  /** Checks the GPU before any class of ND4J is loaded. */
  static void requireGpu(Device device, NvidiaSmi nvidiaSmi) {
    if (device.type() == Device.Type.CPU) {
      return;
    }
    List<Gpu> gpus;
    try {
      gpus = nvidiaSmi.gpus();
    } catch (EngineException e) {
      throw new EngineException(
          "training.device requests GPU %d, but %s; or set training.device = cpu"
              .formatted(device.index(), e.getMessage()),
          e);
    }
    if (device.index() >= gpus.size()) {
      throw new EngineException(
          "training.device requests GPU %d, but this machine has %d: set training.device = cpu, or correct the GPUs that Spark discovers"
              .formatted(device.index(), gpus.size()));
    }
    Gpu gpu = gpus.get(device.index());
    GpuSupport support = CudaArchitectures.ofNd4j().support(gpu);
    if (!support.supported()) {
      throw new EngineException(
          "training.engine = dl4j does not compute on GPU %d, %s: %s"
              .formatted(device.index(), gpu.name(), support.reason()));
    }
  }

  /**
   * Starts ND4J, before any of its other classes is used.
   *
   * @return class name of the backend
   * @throws NativeLibraryException if it does not start
   */
  static String startedBackend() {
    try {
      NativeCache.load(name(), Nd4jBackendCheck::link);
      return Nd4j.getBackend().getClass().getSimpleName();
    } catch (IOException e) {
      throw new NativeLibraryException(
          "ND4J's native libraries cannot be unpacked (%s): set -D%s to a folder that this user can write, on executors by spark.executor.extraJavaOptions"
              .formatted(e.getMessage(), NativeCache.SETTING),
          e);
    } catch (LinkageError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new NativeLibraryException(
          "ND4J does not start (%s): a larkspur-dl4j-spark-*.jar built with the profile dl4j-cuda needs an NVIDIA driver and CUDA 11.6; on machines without them build it without that profile, or set training.engine = torch"
              .formatted(
                  root instanceof NoAvailableBackendException ? "none of its backends does" : root),
          e);
    }
  }

  /** Unpacks and loads all that the engine calls. */
  private static void link() {
    Nd4j.getBackend();
    Loader.load(openblas_nolapack.class);
    Loader.load(openblas.class);
  }

  private static String name() throws IOException {
    String platform = Loader.getPlatform();
    return NativeCache.name(
        "nd4j-" + platform,
        Nd4j.class.getResource(
            "/org/nd4j/linalg/cpu/nativecpu/bindings/%s/%s"
                .formatted(platform, System.mapLibraryName("nd4jcpu"))));
  }

  /**
   * Compares the requested device with the backend that ND4J has loaded.
   *
   * @param backend class name of the backend
   */
  static void requireBackend(Device device, String backend) {
    boolean onGpu = backend.equals(CUDA_BACKEND);
    if (device.type() == Device.Type.CUDA && !onGpu) {
      throw new EngineException(
          "training.device requests GPU %d, but ND4J has loaded %s: its CUDA backend does not start here; check the NVIDIA driver and CUDA 11.6, or set training.device = cpu"
              .formatted(device.index(), backend));
    }
    if (device.type() == Device.Type.CPU && onGpu) {
      throw new EngineException(
          "training.device requests a CPU, but this larkspur-dl4j-spark-*.jar has ND4J for GPUs:"
              + " set training.device = cuda, or build it without the profile dl4j-cuda");
    }
  }
}
