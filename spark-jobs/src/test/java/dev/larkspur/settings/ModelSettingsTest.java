package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.Positions;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import org.junit.jupiter.api.Test;

/** The model meets its corpus, the batch its workers. */
class ModelSettingsTest {
  private static final String OPEN =
      """
      model { hidden-dim = 64, layers = 2, query-heads = 4 }
      training { steps = 10, learning-rate = 1e-3, global-batch = 12, micro-batch = 2 }
      """;

  @Test
  void theCorpusFillsInContextAndVocabulary() {
    ModelSettings model = load(OPEN).model();

    assertThat(model.toConfig(128, 4096).context()).isEqualTo(128);
    assertThat(model.toConfig(128, 4096).vocabulary()).isEqualTo(4096);
  }

  @Test
  void theVocabularyMayBeLargerThanTheCorpuss() {
    assertThat(load(OPEN + "model.vocabulary = 5000").model().toConfig(128, 4096).vocabulary())
        .isEqualTo(5000);
  }

  @Test
  void anotherContextAndASmallerVocabularyDoNotFit() {
    Settings settings = load(OPEN + "model { context = 64, vocabulary = 100 }");

    assertThat(settings.misfits(64, 100)).isEmpty();
    assertThat(settings.misfits(128, 4096))
        .extracting(SettingsProblem::where, SettingsProblem::key, SettingsProblem::value)
        .containsExactly(
            tuple("a.conf:3", "model.context", "64"), tuple("a.conf:3", "model.vocabulary", "100"));
  }

  @Test
  void kindsNormsPositionsAndHeadsAreFreelyCombined() {
    ModelSettings model =
        load(OPEN
                + """
                model {
                  ffn-dim = 96, positions = learned, norm = rms-norm, norm-epsilon = 1e-6
                  biases = false, tied-embedding = false
                  ffn { kind = block-dense, blocks = 4, rank-fraction = 0.33, activation = swiglu }
                  ffn.dense-first-layer = false
                }
                """)
            .model();

    // A third of 64, rounded to a multiple of 4 blocks.
    FfnStructure structure = new FfnStructure.BlockDense(4, 20);
    assertThat(model.ffn()).isEqualTo(new FfnConfig(96, structure, structure, Activation.SWIGLU));
    assertThat(model.variant())
        .isEqualTo(
            new DecoderVariant(
                Norm.RMS_NORM,
                1e-6,
                new Positions.Learned(),
                Biases.NONE,
                Residual.SEQUENTIAL,
                false));
  }

  @Test
  void onlyRotaryHeadsMustBeOfEvenWidth() {
    String odd = OPEN + "model { query-heads = 64, positions = learned }";

    assertThat(load(odd).model().attention().headDim()).isEqualTo(1);
  }

  @Test
  void theGlobalBatchIsSharedAndPassed() {
    TrainingSettings training = load(OPEN).training();

    assertThat(training.divideAmong(1)).isTrue();
    assertThat(training.divideAmong(3)).isTrue();
    assertThat(training.divideAmong(5)).as("12 sequences among 5").isFalse();
    assertThat(training.divideAmong(4)).as("3 sequences in passes of 2").isFalse();
  }

  @Test
  void whatThePurposeDidNotDemandSaysSo() {
    Settings settings = load(OPEN);

    assertThatThrownBy(() -> settings.data().corpus())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("data.corpus is not set");
  }

  private static Settings load(String hocon) {
    return new SettingsLoader().text("a.conf", hocon).load(Purpose.DESCRIBE);
  }
}
