package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.contract.CollectiveContract;
import dev.larkspur.engine.contract.DecodingContract;
import dev.larkspur.engine.contract.ExchangeContract;
import dev.larkspur.engine.contract.FfnWorkloadContract;
import dev.larkspur.engine.contract.ForwardContract;
import dev.larkspur.engine.contract.GradientContract;
import dev.larkspur.engine.contract.GroupContract;
import dev.larkspur.engine.contract.GuideContract;
import dev.larkspur.engine.contract.InitialValuesContract;
import dev.larkspur.engine.contract.MemoryContract;
import dev.larkspur.engine.contract.UpdateContract;
import dev.larkspur.engine.contract.VariantsContract;
import dev.larkspur.engine.contract.VectorContract;
import org.junit.jupiter.api.Nested;

/** Deeplearning4j passes what every engine must pass. */
class Dl4jEngineTest {
  private static final Engine ENGINE = new Dl4jEngine();

  @Nested
  class Vector extends VectorContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class InitialValues extends InitialValuesContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Forward extends ForwardContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Variants extends VariantsContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Gradient extends GradientContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class Guide extends GuideContract {
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

  @Nested
  class Memory extends MemoryContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

  @Nested
  class FfnWorkload extends FfnWorkloadContract {
    @Override
    protected Engine engine() {
      return ENGINE;
    }
  }

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
