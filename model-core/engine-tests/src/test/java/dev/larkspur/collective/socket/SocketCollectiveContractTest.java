package dev.larkspur.collective.socket;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.CollectiveContract;
import dev.larkspur.engine.contract.GroupContract;
import org.junit.jupiter.api.Nested;

/** What engines promise of their collectives, where those are this project's own. */
class SocketCollectiveContractTest {
  private static final Engine ENGINE = new SocketEngine();

  @Nested
  class Collective extends CollectiveContract {
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
