package dev.larkspur.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Counts against the digits printed in the paper's tables. Size m was trained on 20 tokens a
 * parameter, 6.702B, which the paper prints as 6.7B; its FLOPs only follow from the longer number.
 */
class ModelSizeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "s dense,        768, 12, 12,    0, 2.2e9,   110, , 1.69e18",
    "s low-rank 63,  768, 12, 12,  384, 2.2e9,      , , 1.44e18",
    "s low-rank 32,  768, 12, 12,  192, 2.2e9,      , , 1.22e18",
    "m dense,       1024, 24, 16,    0, 6.702e9, 335, , 1.55e19",
    "m low-rank 63, 1024, 24, 16,  512, 6.702e9,    , , 1.26e19",
    "m low-rank 32, 1024, 24, 16,  256, 6.702e9,    , , 1.02e19",
    "l dense,       1536, 24, 12,    0, 14.58e9, 729, , 7.03e19",
    "l low-rank 63, 1536, 24, 12,  768, 14.58e9,    , , 5.61e19",
    "l low-rank 32, 1536, 24, 12,  384, 14.58e9,    , , 4.42e19",
    "xl dense,      2048, 24, 16,    0, 25.5e9, 1274, 805, 2.10e20",
    "xl low-rank 63,2048, 24, 16, 1024, 25.5e9,  985, 516, 1.66e20",
    "xl low-rank 32,2048, 24, 16,  512, 25.5e9,  744, 275, 1.29e20",
  })
  void countsEqualThePaper(
      String name,
      int hidden,
      int layers,
      int heads,
      int matrixRank,
      double tokens,
      Long millions,
      Long ffnMillions,
      String flops) {
    FfnStructure structure =
        matrixRank == 0 ? new FfnStructure.Dense() : new FfnStructure.LowRank(matrixRank);
    ModelSize size =
        ModelSize.of(
            new ModelConfig(
                32_000,
                1024,
                hidden,
                layers,
                new AttentionConfig(hidden, heads, heads),
                new FfnConfig(4 * hidden, structure, new FfnStructure.Dense()),
                ModelConfig.PAPER_ROPE_BASE,
                ModelConfig.PAPER_NORM_EPSILON,
                ModelConfig.PAPER_INIT_STD));
    if (millions != null) {
      assertThat(Math.round(size.parameters() / 1e6)).isEqualTo(millions);
    }
    if (ffnMillions != null) {
      assertThat(Math.round(size.ffnParameters() / 1e6)).isEqualTo(ffnMillions);
    }
    assertThat("%.2e".formatted(size.trainingFlops((long) tokens)).replace("+", ""))
        .isEqualTo(flops);
  }

  @ParameterizedTest(name = "wide and structured {0}")
  @CsvSource({"m, 1024, 4864, 512, 8, 4, 512, 219", "l, 1536, 7424, 768, 12, 4, 768, 464"})
  void wideAndStructuredNetworksToo(
      String name,
      int hidden,
      int ffn,
      int attention,
      int queryHeads,
      int kvHeads,
      int matrixRank,
      long millions) {
    ModelSize size =
        ModelSize.of(
            new ModelConfig(
                32_000,
                1024,
                hidden,
                24,
                new AttentionConfig(attention, queryHeads, kvHeads),
                new FfnConfig(ffn, new FfnStructure.LowRank(matrixRank), new FfnStructure.Dense()),
                ModelConfig.PAPER_ROPE_BASE,
                ModelConfig.PAPER_NORM_EPSILON,
                ModelConfig.PAPER_INIT_STD));
    assertThat(Math.round(size.parameters() / 1e6)).isEqualTo(millions);
  }
}
