package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.benchmark.Agreement.Difference;
import dev.larkspur.benchmark.Agreement.Distribution;
import dev.larkspur.benchmark.PartClock.PartTimes;
import dev.larkspur.benchmark.StepReport.Ratios;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.StepPart;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How steps are compared, without their processes. */
class StepBenchmarkTest {
  private static final Engine TORCH = Engines.named("torch");

  @TempDir private Path directory;

  @Test
  void differencesAreRelativeAndByParameter() {
    ParameterTable table = ParameterTable.ofFfn(3, FfnConfig.paper(4, new FfnStructure.Dense()));
    float[] values = new float[(int) table.length()];
    Arrays.fill(values, 1);
    Path expected = write("expected", values);
    int bias = (int) table.parameter("ffn.up.bias").offset();
    values[0] = 1.001f;
    values[bias] = 1.01f;
    Path actual = write("actual", values);

    List<Difference> differences = VectorFile.differences(actual, expected, table);
    assertThat(differences).hasSameSizeAs(table.parameters());
    Difference largest = Distribution.of(differences).largest();
    assertThat(largest.parameter()).isEqualTo("ffn.up.bias");
    // Of four ones.
    assertThat(largest.relative()).isCloseTo(0.01 / 2, within(1e-6));
    assertThat(VectorFile.differences(expected, expected, table))
        .allSatisfy(difference -> assertThat(difference.relative()).isZero());

    values[bias] = Float.NaN;
    assertThat(
            Distribution.of(VectorFile.differences(write("bad", values), expected, table))
                .largest()
                .relative())
        .isNaN();
  }

  @Test
  void percentilesAreOfTheParameters() {
    List<Difference> differences = new ArrayList<>();
    for (int i = 100; i >= 1; i--) {
      differences.add(new Difference("layer." + i, i));
    }
    Distribution distribution = Distribution.of(differences);
    assertThat(distribution.median()).isCloseTo(50.5, within(1e-12));
    assertThat(distribution.p90()).isBetween(90.0, 91.0);
    assertThat(distribution.p99()).isBetween(99.0, 100.0);
    assertThat(distribution.largest()).isEqualTo(new Difference("layer.100", 100));
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
    Agreement exact = agreement(0, 0);
    assertThatCode(() -> agreement(9e-6, 9e-6).check("torch, dense, fp32", Precision.FP32, exact))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> agreement(2e-5, 9e-6).check("torch, dense, fp32", Precision.FP32, exact))
        .isInstanceOf(StepBenchmarkException.class)
        .hasMessage(
            "torch, dense, fp32: its loss differs from that of torch-plain in fp32 by a relative"
                + " 2.0e-05, more than 1e-05: do not train with this engine, and report it");
    assertThatThrownBy(
            () -> agreement(0, Double.NaN).check("torch, dense, fp32", Precision.FP32, exact))
        .hasMessageContaining("its gradient of norm.weight differs");
  }

  @Test
  void inBf16AnEngineMayDifferAsTheReferenceDoes() {
    Agreement reference = agreement(1e-5, 4e-3);
    assertThatCode(
            () -> agreement(9e-4, 1.1e-2).check("torch, dense, bf16", Precision.BF16, reference))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> agreement(2e-3, 4e-3).check("torch, dense, bf16", Precision.BF16, reference))
        .hasMessageContaining("its loss differs");
    assertThatThrownBy(
            () -> agreement(1e-5, 1.3e-2).check("torch, dense, bf16", Precision.BF16, reference))
        .hasMessageContaining("its gradient, in the median of the parameters, differs");
  }

  private static Agreement agreement(double loss, double gradient) {
    Difference difference = new Difference("norm.weight", gradient);
    return new Agreement(loss, new Distribution(gradient, gradient, gradient, difference));
  }

  @Test
  void stepsAreComparedRoundByRound() {
    Ratios speed = Ratios.of(List.of(2.0, 6.0, 4.0), List.of(1.0, 2.0, 4.0));
    assertThat(speed.rounds()).containsExactly(2.0, 3.0, 1.0);
    assertThat(speed.median()).isEqualTo(2);
    assertThat(speed.least()).isEqualTo(1);
    assertThat(speed.most()).isEqualTo(3);
  }

  @Test
  void timeBelongsToThePartThatEnds() {
    long[] now = {0};
    PartClock clock = new PartClock(() -> now[0]);
    now[0] = 1_000_000_000;
    clock.start();
    now[0] += 500_000_000;
    clock.ended(StepPart.ATTENTION);
    now[0] += 250_000_000;
    clock.ended(StepPart.FFN);
    now[0] += 1_000_000_000;
    clock.ended(StepPart.ATTENTION);
    now[0] += 250_000_000;
    PartTimes times = clock.times();
    assertThat(times.step()).isEqualTo(2);
    assertThat(times.parts()).isEqualTo(Map.of(StepPart.ATTENTION, 1.5, StepPart.FFN, 0.25));

    clock.start();
    assertThat(clock.times().parts()).isEmpty();
  }

  @Test
  void timesOfPartsAreMedians() {
    assertThat(
            StepMeasurement.medians(
                List.of(
                    new PartTimes(9, Map.of(StepPart.FFN, 1.0, StepPart.HEAD, 4.0)),
                    new PartTimes(9, Map.of(StepPart.FFN, 3.0, StepPart.HEAD, 5.0)),
                    new PartTimes(9, Map.of(StepPart.FFN, 2.0, StepPart.HEAD, 4.0)))))
        .isEqualTo(Map.of(StepPart.FFN, 2.0, StepPart.HEAD, 4.0));
  }

  @Test
  void theProcessorIsNamedWithWhatMakesProductsFast() {
    Processor processor =
        Processor.of(
            List.of(
                "processor\t: 0",
                "model name\t: Xeon 9000",
                "flags\t\t: fpu avx2 avx512f amx_bf16 amx_tile",
                "processor\t: 1",
                "model name\t: Xeon 9000"));
    assertThat(processor.text()).isEqualTo("Xeon 9000, avx2, avx512f, amx_bf16");
    assertThat(processor.installed()).isEqualTo(2);
    assertThat(processor.multipliesBf16()).isTrue();
  }

  @Test
  void aProcessorThatTheSystemDoesNotDescribeIsNamedByItsArchitecture() {
    Processor processor = Processor.of(List.of());
    assertThat(processor.text()).isEqualTo(System.getProperty("os.arch"));
    assertThat(processor.installed()).isZero();
    assertThat(processor.multipliesBf16()).isFalse();
  }

  private Path write(String name, float[] values) {
    FlatVector vector = TORCH.vector(values.length, Device.cpu(1));
    vector.write(0, FloatBuffer.wrap(values));
    Path file = directory.resolve(name);
    VectorFile.write(vector, file);
    return file;
  }
}
