package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

/** Runs whose former engine or strategy is no longer on the class path. */
class ResumptionTest {

  @Test
  void missingLibrariesAreThoseThatTheClassPathDoesNotHave() {
    Config known = config("torch", "all-reduce");
    assertThat(Resumption.missingLibraries(known)).isEmpty();
    assertThat(Resumption.missingLibraries(ConfigFactory.empty())).isEmpty();
    assertThat(Resumption.missingLibraries(config("abacus", "telepathy")))
        .containsExactly("training.engine", "training.strategy");
  }

  private static Config config(String engine, String strategy) {
    return ConfigFactory.parseString(
        "training { engine = %s, strategy = %s }".formatted(engine, strategy));
  }
}
