package dev.larkspur.launch;

import dev.larkspur.storage.FileNames;
import java.util.Optional;

/** Whether this JVM can read and write the names of files. */
public final class NameEncoding {
  private NameEncoding() {}

  /** What is wrong and what to do; empty if nothing is. */
  public static Optional<String> problem(String encoding) {
    return FileNames.areEncodable(encoding)
        ? Optional.empty()
        : Optional.of(
            "this Java encodes file names as %s, so that files whose names are not ASCII would be missed: start it with the environment variable LC_ALL=C.UTF-8 (deploy/larkspur does; on YARN set spark.yarn.appMasterEnv.LC_ALL=C.UTF-8, on Kubernetes spark.kubernetes.driverEnv.LC_ALL=C.UTF-8)"
                .formatted(encoding));
  }
}
