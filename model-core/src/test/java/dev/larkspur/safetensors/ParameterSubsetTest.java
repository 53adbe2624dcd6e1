package dev.larkspur.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import java.nio.FloatBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plain model is what is left of a guided one. */
class ParameterSubsetTest {

  @ParameterizedTest
  @ValueSource(ints = {7, 1000, 1 << 20})
  void takesEachParameterByItsNameWhateverThePiecesAre(int piece) {
    ModelConfig config =
        ModelConfig.paper(
            11,
            4,
            8,
            2,
            new AttentionConfig(8, 2, 2),
            FfnConfig.paper(16, new FfnStructure.LowRank(3)));
    ParameterTable guided = ParameterTable.of(config.guided());
    ParameterTable plain = ParameterTable.of(config);
    assertThat(guided.length()).isEqualTo(plain.length() + 2 * 8 * 16);
    FlatVector into = new HeapVector(new float[(int) plain.length()]);
    ParameterSubset part = new ParameterSubset(guided, plain, into);

    for (long done = 0; done < guided.length(); done += piece) {
      FloatBuffer values = FloatBuffer.allocate((int) Math.min(piece, guided.length() - done));
      for (int i = 0; i < values.capacity(); i++) {
        values.put(i, (float) (done + i));
      }
      part.write(done, values);
    }

    for (Parameter parameter : plain.parameters()) {
      float[] kept = new float[(int) parameter.size()];
      into.read(parameter.offset(), FloatBuffer.wrap(kept));
      long first = guided.parameter(parameter.name()).offset();
      for (int i = 0; i < kept.length; i++) {
        assertThat(kept[i]).isEqualTo((float) (first + i));
      }
    }
  }
}
