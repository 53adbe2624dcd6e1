package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.larkspur.model.FfnStructure.LowRank;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelSize;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets count what the paper prints (tables of sections 3 and 4). */
class PresetsTest {

  @ParameterizedTest
  @CsvSource({
    "s-dense, 110, 1.69e+18",
    "s-low-rank-63, , 1.44e+18",
    "s-low-rank-32, , 1.22e+18",
    "m-dense, 335, 1.55e+19",
    "m-low-rank-63, , 1.26e+19",
    "m-low-rank-32, , 1.02e+19",
    "l-dense, 729, 7.03e+19",
    "l-low-rank-63, , 5.61e+19",
    "l-low-rank-32, , 4.42e+19",
    "xl-dense, 1274, 2.10e+20",
    "xl-low-rank-63, 985, 1.66e+20",
    "xl-low-rank-32, 744, 1.29e+20",
  })
  void countsParametersAndFlopsOfThePaper(String preset, Long millions, String flops) {
    Settings settings = load("conf/paper/" + preset + ".conf");
    ModelSize size = ModelSize.of(model(settings));

    if (millions != null) {
      assertThat(Math.round(size.parameters() / 1e6)).isEqualTo(millions);
    }
    assertThat(String.format(Locale.ROOT, "%.2e", size.trainingFlops(tokens(settings))))
        .isEqualTo(flops);
  }

  @ParameterizedTest
  @CsvSource({"xl-dense, 805", "xl-low-rank-63, 516", "xl-low-rank-32, 275"})
  void countsFeedForwardParametersOfThePaper(String preset, long millions) {
    ModelSize size = ModelSize.of(model(load("conf/paper/" + preset + ".conf")));

    assertThat(Math.round(size.ffnParameters() / 1e6)).isEqualTo(millions);
  }

  @ParameterizedTest
  @CsvSource({"m, 219", "l, 464"})
  void countsWideModelsOfThePaper(String preset, long millions) {
    ModelSize size = ModelSize.of(model(load("conf/wide/" + preset + ".conf")));

    assertThat(Math.round(size.parameters() / 1e6)).isEqualTo(millions);
  }

  @ParameterizedTest
  @CsvSource({"m, conf/paper/m-dense.conf", "l, conf/paper/l-dense.conf"})
  void wideModelsTakeTheFlopsOfTheDenseOnes(String preset, String dense) {
    Settings wide = load("conf/wide/" + preset + ".conf");
    Settings baseline = load(dense);

    assertThat(ModelSize.of(model(wide)).trainingFlops(tokens(wide)))
        .isCloseTo(
            ModelSize.of(model(baseline)).trainingFlops(tokens(baseline)), withPercentage(3));
  }

  @Test
  void presetsOfFeedForwardKindsReplaceEachOther() {
    Settings settings =
        new SettingsLoader()
            .file("conf/wide/m.conf")
            .file("conf/ffn/low-rank-63.conf")
            .load(Purpose.DESCRIBE);

    assertThat(settings.model().ffn().structure()).isEqualTo(new LowRank(512));
  }

  @Test
  void quickstartIsComplete() {
    Settings settings = load("conf/quickstart.conf");

    assertThat(settings.model().ffn().structure()).isEqualTo(new LowRank(64));
    assertThat(settings.training().divideAmong(2)).isTrue();
    assertThat(settings.training().workers()).hasValue(2);
  }

  private static Settings load(String preset) {
    return new SettingsLoader().file(preset).load(Purpose.DESCRIBE);
  }

  private static ModelConfig model(Settings settings) {
    return settings.model().toConfig(1024, 32000);
  }

  /** As many as the paper trains on, without the rounding up to whole steps. */
  private static long tokens(Settings settings) {
    return ((TrainingLength.Tokens) settings.training().length()).count();
  }
}
