package dev.larkspur.engine.torch;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.CollectiveContract;
import dev.larkspur.engine.contract.ExchangeContract;
import dev.larkspur.engine.contract.GroupContract;
import org.junit.jupiter.api.Nested;

/** LibTorch's collectives promise what this project's own do. */
class GlooCollectiveTest {
  private static final Engine ENGINE = new GlooEngine();

  @Nested
  class Collective extends CollectiveContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Exchange extends ExchangeContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Group extends GroupContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }
}
