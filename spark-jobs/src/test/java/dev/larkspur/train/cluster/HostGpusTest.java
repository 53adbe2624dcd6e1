package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NvidiaSmi;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostGpusTest {
  @TempDir private Path folder;

  @Test
  void countsWhatTheProcessSees() throws IOException {
    NvidiaSmi three = listing("NVIDIA H200, 9.0\\nNVIDIA H200, 9.0\\nNVIDIA H200, 9.0\\n");
    assertThat(HostGpus.count(forCapability(9), three, null)).isEqualTo(3);
    assertThat(HostGpus.count(forCapability(9), three, "2,0")).isEqualTo(2);
    assertThat(HostGpus.count(forCapability(9), three, "GPU-5d5ba0d6")).isOne();
    assertThat(HostGpus.count(forCapability(9), three, "1,-1,2")).isOne();
    assertThat(HostGpus.count(forCapability(9), three, "")).isZero();
  }

  /** The number of a GPU is that of its task, so those after an unsupported one have none. */
  @Test
  void countsUpToTheFirstThatTheEngineDoesNotSupport() throws IOException {
    NvidiaSmi mixed = listing("NVIDIA H200, 9.0\\nTesla K80, 3.7\\nNVIDIA H200, 9.0\\n");
    assertThat(HostGpus.count(forCapability(9), mixed, null)).isOne();
    assertThat(HostGpus.count(forCapability(9), mixed, "2,0")).isEqualTo(2);
    assertThat(HostGpus.count(forCapability(8), mixed, null)).isZero();
  }

  @Test
  void thereAreNoneWithoutADriver() {
    NvidiaSmi none = new NvidiaSmi(folder.resolve("none").toString());
    assertThat(HostGpus.count(forCapability(9), none, null)).isZero();
  }

  @Test
  void aDriverThatFailsIsNotTakenForNone() throws IOException {
    Path failing = folder.resolve("nvidia-smi");
    Files.writeString(failing, "#!/bin/sh\nexit 9\n");
    assertThat(failing.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(
            () -> HostGpus.count(forCapability(9), new NvidiaSmi(failing.toString()), null))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("fails with exit code 9");
  }

  @Test
  void onlyTasksInTheDriverAreEmbedded() {
    for (String master : new String[] {"local", "local[*]", "local[4]", "local[2,3]"}) {
      assertThat(Slots.areEmbedded(new SparkConf().setMaster(master))).as(master).isTrue();
    }
    for (String master : new String[] {"local-cluster[1,1,512]", "spark://host:7077", "yarn"}) {
      assertThat(Slots.areEmbedded(new SparkConf().setMaster(master))).as(master).isFalse();
    }
  }

  private NvidiaSmi listing(String gpus) throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\nprintf '" + gpus + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return new NvidiaSmi(program.toString());
  }

  /** An engine with code for one generation of GPUs. */
  private static Engine forCapability(int major) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (engine, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("gpuSupport");
              boolean supported = ((Gpu) arguments[0]).capability().major() == major;
              return Optional.of(new GpuSupport(supported, "only " + major));
            });
  }
}
