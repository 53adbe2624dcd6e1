package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.benchmark.EngineBenchmark.Limits;
import dev.larkspur.benchmark.EngineReport.Agreement;
import dev.larkspur.benchmark.EngineReport.Difference;
import dev.larkspur.benchmark.EngineReport.Speed;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How engines are compared, without their processes. */
class EngineBenchmarkTest {
  private static final Engine TORCH = Engines.named("torch");

  @TempDir private Path directory;

  @Test
  void theParameterThatDiffersMostIsNamed() {
    ParameterTable table = ParameterTable.ofFfn(3, FfnConfig.paper(4, new FfnStructure.Dense()));
    float[] values = new float[(int) table.length()];
    Arrays.fill(values, 1);
    Path expected = write("expected", values);
    int bias = (int) table.parameter("ffn.up.bias").offset();
    values[0] = 1.001f;
    values[bias] = 1.01f;
    Path actual = write("actual", values);

    Difference difference = VectorFile.largestDifference(actual, expected, table);
    assertThat(difference.parameter()).isEqualTo("ffn.up.bias");
    // Of four ones.
    assertThat(difference.relative()).isCloseTo(0.01 / 2, within(1e-6));
    assertThat(VectorFile.largestDifference(expected, expected, table).relative()).isZero();

    values[bias] = Float.NaN;
    assertThat(VectorFile.largestDifference(write("bad", values), expected, table).relative())
        .isNaN();
  }

  @Test
  void vectorsComeBackAsTheyWere() {
    // More than one piece.
    float[] values = new float[600_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    FlatVector read = TORCH.vector(values.length, Device.cpu(1));
    VectorFile.read(write("vector", values), read);
    float[] back = new float[values.length];
    read.read(0, FloatBuffer.wrap(back));
    assertThat(back).isEqualTo(values);
  }

  @Test
  void whatIsNotTheReferencesIsRefused() {
    Limits limits = Limits.of(Precision.FP32);
    Difference small = new Difference("norm.weight", 9e-5);
    assertThatCode(() -> limits.check("dense", "abacus", new Agreement(9e-6, small)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> limits.check("dense", "abacus", new Agreement(2e-5, small)))
        .isInstanceOf(EngineBenchmarkException.class)
        .hasMessage(
            "abacus, dense: its loss differs from that of torch-plain by a relative 2.0e-05, more than"
                + " 1e-05: do not train with this engine, and report it");
    assertThatThrownBy(
            () ->
                limits.check(
                    "dense", "abacus", new Agreement(0, new Difference("norm.weight", Double.NaN))))
        .hasMessageContaining("its gradient of norm.weight differs");
  }

  @Test
  void speedsAreComparedRoundByRound() {
    Speed speed =
        Speed.of(new Seconds(List.of(1.0, 2.0, 4.0)), new Seconds(List.of(2.0, 6.0, 4.0)));
    assertThat(speed.rounds()).containsExactly(2.0, 3.0, 1.0);
    assertThat(speed.median()).isEqualTo(2);
  }

  @Test
  void theProcessorIsNamedWithWhatMakesProductsFast() {
    assertThat(
            Processor.of(
                List.of(
                    "processor\t: 0",
                    "model name\t: Xeon 9000",
                    "flags\t\t: fpu avx2 avx512f amx_bf16 amx_tile",
                    "model name\t: Xeon 9000")))
        .isEqualTo("Xeon 9000, avx2, avx512f, amx_bf16");
  }

  private Path write(String name, float[] values) {
    FlatVector vector = TORCH.vector(values.length, Device.cpu(1));
    vector.write(0, FloatBuffer.wrap(values));
    Path file = directory.resolve(name);
    VectorFile.write(vector, file);
    return file;
  }
}
