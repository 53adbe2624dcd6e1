package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.DecodingContract;
import dev.larkspur.engine.contract.GradientContract;
import dev.larkspur.engine.contract.UpdateContract;
import org.junit.jupiter.api.Nested;

/** The engine with the kernels that a GPU would run, on a CPU. */
class PortableEngineTest {
  private static final Engine ENGINE = new Dl4jEngine(PortableKernels::new);

  @Nested
  class Gradient extends GradientContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Update extends UpdateContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Decoding extends DecodingContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }
}
