package dev.larkspur.engine.torch;

import dev.larkspur.engine.EngineException.NativeLibraryException;
import dev.larkspur.engine.NativeCache;
import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_gloo;

/** LibTorch's native libraries. */
final class NativeLibraries {
  private NativeLibraries() {}

  /**
   * Loads them, once a process.
   *
   * @throws NativeLibraryException if there is no folder for them, or they do not run here
   */
  static void load() {
    try {
      NativeCache.load(name(), NativeLibraries::link);
    } catch (IOException failure) {
      throw new NativeLibraryException(
          "LibTorch's native libraries cannot be unpacked (%s): set -D%s to a folder that this user can write, on executors by spark.executor.extraJavaOptions"
              .formatted(failure.getMessage(), NativeCache.SETTING),
          failure);
    } catch (LinkageError failure) {
      throw new NativeLibraryException(
          "LibTorch's native libraries do not load from %s (%s): check that the jar was built on this kind of machine, that the disk is not full, and that programs may run from this folder, or set -D%s to another"
              .formatted(NativeCache.place(), failure.getMessage(), NativeCache.SETTING),
          failure);
    }
  }

  private static void link() {
    Loader.load(torch.class);
    Loader.load(openblas_nolapack.class);
    Loader.load(torch_gloo.class);
  }

  /** What to call their folder. */
  static String name() throws IOException {
    String platform = Loader.getPlatform();
    String library = System.mapLibraryName("jnitorch");
    return NativeCache.name(
        "libtorch-" + platform,
        torch.class.getResource("/org/bytedeco/pytorch/" + platform + "/" + library));
  }
}
