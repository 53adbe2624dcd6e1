package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.ModelConfig;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What LibTorch cannot do is said without the addresses in its code. */
class NativeFailuresTest {

  @Test
  void aTokenThatTheModelLacksIsAFailureInOneSentence() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    try (Replica replica = new TorchEngine().replica(config, Device.cpu(1), Precision.FP32)) {
      TokenBatch batch = new TokenBatch(1, config.context());
      Arrays.fill(batch.ids(), Integer.MAX_VALUE);
      assertThatThrownBy(() -> replica.loss(batch))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("LibTorch failed in loss: ")
          .message()
          .doesNotContain("frame #", "Exception raised", "\n");
    }
  }

  @Test
  void whatTakesTooMuchMemorySaysWhatToLower() {
    String text =
        """
        [enforce fail at alloc_cpu.cpp:126] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes. Error code 12
        frame #0: c10::ThrowEnforceNotMet(char const*, int, ...
        """;
    assertThat(NativeFailures.sentence(new RuntimeException(text)))
        .endsWith("Error code 12. Lower training.micro-batch, or the model's size");
  }
}
