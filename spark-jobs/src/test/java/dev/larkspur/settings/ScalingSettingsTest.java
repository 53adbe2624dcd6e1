package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingSettingsTest {
  private static final String COMPLETE =
      """
      run.dir = runs/grid
      data.corpus = runs/corpus
      scaling.sizes = [{ name = a, include "conf/model/s.conf" }]
      scaling.kinds = [{ name = dense, model.ffn.kind = dense }]
      """;

  @Test
  void readsWhatIsIncludedInAGroup() {
    ScalingSettings scaling = load().scaling();

    assertThat(scaling.sizes().get(0).settings().getInt("model.hidden-dim")).isEqualTo(768);
    assertThat(scaling.sizes().get(0).settings().hasPath("name")).isFalse();
    assertThat(scaling.kinds().get(0).label()).isEqualTo("dense");
    assertThat(scaling.seeds()).containsExactly(1005L);
    assertThat(scaling.tokensPerParameter()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scaling.sizes=[]                               | is empty
          scaling.sizes=s                                | needs a list
          scaling.sizes=[s]                              | needs a name of letters
          scaling.sizes=[{ model.layers = 2 }]           | needs a name of letters
          scaling.sizes=[{ name = "a/b" }]               | needs a name of letters
          scaling.kinds=[{ name = x }, { name = x }]     | two are named x
          scaling.kinds=null                             | is not set
          scaling.seeds=[1, 1]                           | must be different whole numbers
          scaling.seeds=[1.5]                            | must be different whole numbers
          scaling.seeds=[]                               | needs a text or a list of them
          scaling.tokens-per-parameter=0                 | must be above 0
          scaling.equal=parameters                       | must be one of tokens, flops
          scaling.sample-corpus=yes!                     | must be true or false
          scaling.sample-corpus=true                     | data.documents
          """)
  void refusesWhatCannotBe(String assignment, String message) {
    assertThatThrownBy(() -> load(assignment))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message);
  }

  private static Settings load(String... assignments) {
    SettingsLoader loader = new SettingsLoader().text("grid.conf", COMPLETE);
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return loader.load(Purpose.SCALING);
  }
}
