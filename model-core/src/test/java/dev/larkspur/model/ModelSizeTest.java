package dev.larkspur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig.Dimensions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts against the digits printed in the paper's tables, and by hand. */
class ModelSizeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "dense,                1274, 805, 2.10e20",
    "low-rank 1024,         985, 516, 1.66e20",
    "low-rank 512,          744, 275, 1.29e20",
    "block-dense 4 1536,    955, 486, 1.61e20",
    "block-dense 4 768,     728, 260, 1.27e20",
    "block-shuffle 2,       985, 516, 1.66e20",
    "block-shuffle 4,       744, 275, 1.29e20",
  })
  void countsOfSizeXlEqualThePaper(String kind, long millions, long ffnMillions, String flops) {
    ModelSize size =
        ModelSize.of(
            ModelConfig.paper(
                32_000,
                1024,
                2048,
                24,
                new AttentionConfig(2048, 16, 16),
                FfnConfig.paper(8192, structure(kind))));
    assertThat(Math.round(size.parameters() / 1e6)).isEqualTo(millions);
    assertThat(Math.round(size.ffnParameters() / 1e6)).isEqualTo(ffnMillions);
    assertThat("%.2e".formatted(size.trainingFlops(25_500_000_000L)).replace("+", ""))
        .isEqualTo(flops);
  }

  private static FfnStructure structure(String text) {
    String[] words = text.split(" ", -1);
    return switch (words[0]) {
      case "low-rank" -> new FfnStructure.LowRank(Integer.parseInt(words[1]));
      case "block-dense" ->
          new FfnStructure.BlockDense(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "block-shuffle" -> new FfnStructure.BlockShuffle(Integer.parseInt(words[1]));
      default -> new FfnStructure.Dense();
    };
  }

  @Test
  void countsAVariantByHand() {
    ModelSize size = ModelSize.of(variant(new FfnStructure.LowRank(2)));
    // Of each layer: qkv and output, and three matrices of two factors.
    long ffn = 3 * 2 * (8 + 24);
    long matmul = 2 * (3 * 8 * 8 + 8 * 8 + ffn) + 50 * 8;
    assertThat(size.ffnParameters()).isEqualTo(2 * ffn);
    assertThat(size.matmulParameters()).isEqualTo(matmul);
    // And the embedding that is looked up, the positions, and five norms without biases.
    assertThat(size.parameters()).isEqualTo(matmul + 50 * 8 + 16 * 8 + 5 * 8);
  }

  @ParameterizedTest
  @CsvSource({
    "low-rank 9, rank 9 is above the smaller side of the 8 x 24 matrices",
    "block-dense 2 9, rank 9 is above the smaller side of the 8 x 24 matrices",
    "block-dense 2 5, 2 blocks do not divide the rank 5",
    "block-dense 3 6, 3 blocks do not divide the width 8",
    "block-shuffle 3, 3 blocks do not divide the width 8",
    "block-shuffle 0, the number of blocks of a block-shuffle FFN is 0: it must be at least 1",
  })
  void refusesStructuresThatDoNotFit(String kind, String reason) {
    assertThatThrownBy(() -> variant(structure(kind)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }

  private static ModelConfig variant(FfnStructure structure) {
    return new ModelConfig(
        new Dimensions(50, 16, 8, 2),
        new AttentionConfig(8, 8, 8),
        new FfnConfig(24, structure, structure, Activation.SWIGLU),
        new DecoderVariant(
            Norm.RMS_NORM,
            1e-6,
            new Positions.Learned(),
            DecoderVariant.Biases.NONE,
            DecoderVariant.Residual.SEQUENTIAL,
            false),
        0.02);
  }
}
