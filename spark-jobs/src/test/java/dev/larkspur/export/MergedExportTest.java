package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A merged model in a public layout computes what the trained one does. */
class MergedExportTest {
  private static final String SHAPE =
      """
      model { hidden-dim = 8, layers = 3, query-heads = 2, context = 6, vocabulary = 300 }
      training { learning-rate = 0.02, steps = 7 }
      """;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GPT_NEOX | model.ffn { kind = low-rank, rank = 3 }
          GPT_NEOX | model.ffn { kind = block-dense, rank = 4, blocks = 2 }
          GPT_NEOX | model.ffn { kind = block-shuffle, blocks = 4, dense-first-layer = false }
          GPT_NEOX | model { ffn-dim = 12, ffn { kind = block-shuffle, blocks = 4 } }
          LLAMA    | model { norm = rms-norm, biases = false, ffn { activation = swiglu, kind = low-rank, rank = 2 } }
          LLAMA    | model { norm = rms-norm, biases = false, ffn { activation = swiglu, kind = block-shuffle, blocks = 2 } }
          """)
  void theMergedModelComputesTheSame(Layout layout, String special) {
    Settings settings = settings(SHAPE, special);
    ModelConfig trained = settings.model().toConfig(0, 0);
    try (Replica structured = replica(trained)) {
      float[] values = new float[(int) structured.table().length()];
      Random random = new Random(4);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian(0, 0.4);
      }
      structured.parameters().write(0, FloatBuffer.wrap(values));
      export(settings, trained)
          .writeMerged(layout, WeightFormat.EXACT, structured.parameters(), files());

      ModelImport back = new ModelImport(files());
      ModelConfig dense = settings(SHAPE, back.settings()).model().toConfig(0, 0);
      assertThat(dense).isEqualTo(ModelExport.dense(trained)).isNotEqualTo(trained);
      assertThat(layout.misfits(dense)).isEmpty();
      try (Replica merged = replica(dense)) {
        FlatVector parameters = merged.parameters();
        back.read(dense, parameters);
        TokenBatch batch = new TokenBatch(3, trained.context());
        for (int i = 0; i < batch.ids().length; i++) {
          batch.ids()[i] = random.nextInt(trained.vocabulary());
        }
        double expected = structured.loss(batch);
        assertThat(merged.loss(batch)).isCloseTo(expected, within(1e-6 * expected));
      }
    }
  }

  @Test
  void theFilesSayWhatWasMerged() throws Exception {
    Settings settings = settings(SHAPE, "model.ffn { kind = low-rank, rank-fraction = 0.5 }");
    ModelConfig trained = settings.model().toConfig(0, 0);
    try (Replica structured = replica(trained)) {
      export(settings, trained)
          .writeMerged(Layout.GPT_NEOX, WeightFormat.EXACT, structured.parameters(), files());
    }
    assertThat(Files.readString(directory.resolve("config.json")))
        .contains("\"merged\" : \"low-rank\"")
        .doesNotContain("rank-fraction");
    assertThat(Files.readString(directory.resolve("README.md")))
        .contains("dense, the products of the low-rank ones that were trained");
  }

  private static Replica replica(ModelConfig model) {
    return Engines.named("torch").replica(model, Device.cpu(1), Precision.FP64);
  }

  private static ModelExport export(Settings settings, ModelConfig model) {
    Provenance provenance = new Provenance("", "abc", 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(7, 700, 3, 1.5, Skips.NONE, Map.of(), provenance);
    return new ModelExport(
        model, settings, state, SmallTokenizer.source(), OptionalDouble.of(1.25));
  }

  private static Settings settings(String... texts) {
    SettingsLoader loader = new SettingsLoader();
    for (String text : texts) {
      loader.text("test", text);
    }
    return loader.load(Purpose.GENERATE);
  }

  private ModelDirectory files() {
    return new ModelDirectory(directory.toString(), new Configuration(false));
  }
}
