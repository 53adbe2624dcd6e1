package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class Dl4jDeviceTest {
  @AfterEach
  void leaveOneThread() {
    Dl4jDevice.open(Device.cpu(1), CpuKernels::new);
  }

  @Test
  void nd4jKeepsToTheThreadsOfTheDevice() {
    for (int threads = 1; threads <= Nd4j.getEnvironment().maxThreads(); threads++) {
      Dl4jDevice.open(Device.cpu(threads), CpuKernels::new);
      assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(threads);
    }
  }
}
