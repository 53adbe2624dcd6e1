package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind runs by itself, with the weights that its shape has, in both precisions. */
public abstract class FfnWorkloadContract extends EngineContract {
  static Stream<Arguments> kinds() {
    // Weights by hand, d = 16 and 4d = 64.
    return Stream.of(
        Arguments.of(new FfnStructure.Dense(), 2 * 16 * 64),
        Arguments.of(new FfnStructure.LowRank(4), 2 * 4 * (16 + 64)),
        Arguments.of(new FfnStructure.BlockDense(2, 8), 8 * (8 + 64) + 8 * (32 + 16)),
        Arguments.of(
            new FfnStructure.BlockShuffle(4),
            16 * 16 / 4 + 64 * 16 / 4 + 64 * 16 / 4 + 16 * 16 / 4));
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.FfnWorkloadContract#kinds")
  void runsForwardAndBackward(FfnStructure structure, long weights) {
    for (Precision precision : engine().precisions()) {
      try (FfnWorkload workload =
          engine().ffnWorkload(16, FfnConfig.paper(64, structure), 8, Device.cpu(1), precision)) {
        assertThat(workload.parameters()).isEqualTo(weights);
        workload.forward();
        workload.forwardAndBackward();
        workload.forwardAndBackward();
      }
    }
  }
}
