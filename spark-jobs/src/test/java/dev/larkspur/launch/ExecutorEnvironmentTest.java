package dev.larkspur.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutorEnvironmentTest {

  @Test
  void passesWhatConfiguresTheNetworkOfGpusAndNothingElseOfTheDriver() {
    Map<String, String> variables =
        ExecutorEnvironment.of(
            Map.of(
                "NCCL_DEBUG", "INFO",
                "TORCH_NCCL_BLOCKING_WAIT", "1",
                "UCX_TLS", "rc,cuda_copy",
                "CUDA_VISIBLE_DEVICES", "1",
                "MY_NCCL_DEBUG", "no",
                "LC_ALL", "de_DE",
                "AWS_SECRET_ACCESS_KEY", "secret"));

    assertThat(variables)
        .containsEntry("NCCL_DEBUG", "INFO")
        .containsEntry("TORCH_NCCL_BLOCKING_WAIT", "1")
        .containsEntry("UCX_TLS", "rc,cuda_copy")
        .containsEntry("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        .containsEntry("LC_ALL", "C.UTF-8")
        .containsAllEntriesOf(NativeTuning.ENVIRONMENT)
        .hasSize(5 + NativeTuning.ENVIRONMENT.size());
  }
}
