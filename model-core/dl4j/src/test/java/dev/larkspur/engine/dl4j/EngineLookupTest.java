package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Engines;
import org.junit.jupiter.api.Test;

class EngineLookupTest {

  @Test
  void findsTheEngineByItsName() {
    assertThat(Engines.named("dl4j")).isInstanceOf(Dl4jEngine.class);
  }

  @Test
  void theVersionIsThatOfTheLibrary() {
    assertThat(new Dl4jEngine().version()).matches("\\d+\\.\\d+\\.\\d+.*");
  }
}
