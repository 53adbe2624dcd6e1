package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Engines.UnknownEngineException;
import org.junit.jupiter.api.Test;

class EngineLookupTest {

  @Test
  void findsTheEngineByItsName() {
    assertThat(Engines.named("torch")).isInstanceOf(TorchEngine.class);
  }

  @Test
  void namesTheEnginesThereAre() {
    assertThatThrownBy(() -> Engines.named("tensorflow"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessage(
            "training.engine = tensorflow is unknown: use one of those on the class path (torch)");
  }

  @Test
  void namesTheJarOfAnEngineThatIsAnAddOn() {
    assertThatThrownBy(() -> Engines.named("dl4j"))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessage(
            "training.engine = dl4j, but it is not on the class path: add larkspur-dl4j-spark-*.jar"
                + " to the class path of the driver and of the executors, with --jars of"
                + " spark-submit or LARKSPUR_DL4J=1 of deploy/larkspur");
  }
}
