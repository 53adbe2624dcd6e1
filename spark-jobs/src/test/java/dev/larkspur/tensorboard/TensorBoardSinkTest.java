package dev.larkspur.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.metrics.Histogram;
import dev.larkspur.metrics.Histogram.Counter;
import dev.larkspur.metrics.HistogramMetrics;
import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.metrics.StepMetrics.Execution;
import dev.larkspur.metrics.StepMetrics.GradientMetrics;
import dev.larkspur.metrics.StepMetrics.PhaseSeconds;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.tensorboard.EventReader.ReadEvent;
import dev.larkspur.tensorboard.EventReader.ReadValue;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;

class TensorBoardSinkTest {
  private static final String SETTINGS = "training.steps = 40";

  @TempDir private Path directory;
  private RunDirectory run;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void openRun() {
    run = new RunDirectory(directory.toString(), new Configuration());
  }

  @Test
  void tensorFlowReadsScalars() throws Exception {
    TensorBoardSink sink = sink(1, 0);
    sink.log(10, steps(10));
    sink.log(10, validation(10));
    sink.close();

    assertThat(EventReader.events(directory).get(0).fileVersion()).isEqualTo("brain.Event:2");
    assertThat(EventReader.events(directory))
        .allSatisfy(event -> assertThat(event.wallTime()).isGreaterThan(1.7e9));
    Map<String, Double> expected =
        Map.of(
            "loss", 3.5,
            "tokens", 1000.0,
            "learningRate", 1e-3,
            "gradientNorm", 0.5,
            "tokensPerSecond", 42.0,
            "mfu", 0.25,
            "memoryBytes", 1e9,
            "skippedUpdates", 2.0,
            "seconds/exchange", 3.0,
            "validationLoss", 2.5);
    for (Map.Entry<String, Double> scalar : expected.entrySet()) {
      List<ReadValue> values = EventReader.values(directory, scalar.getKey());
      assertThat(values).as(scalar.getKey()).hasSize(1);
      assertThat(values.get(0).step()).isEqualTo(10);
      assertThat((double) values.get(0).value().getSimpleValue())
          .as(scalar.getKey())
          .isCloseTo(scalar.getValue(), within(1e-6 * scalar.getValue()));
    }
  }

  @Test
  void tensorFlowReadsTheTextOfTheSettings() throws Exception {
    TensorBoardSink sink = sink(1, 0);
    sink.close();

    List<ReadValue> texts = EventReader.values(directory, "settings/text_summary");
    assertThat(texts).hasSize(1);
    Summary.Value value = texts.get(0).value();
    assertThat(value.getMetadata().getPluginData().getPluginName()).isEqualTo("text");
    assertThat(value.getTensor().getDtype()).isEqualTo(DataType.DT_STRING);
    assertThat(value.getTensor().getTensorShape().getDim(0).getSize()).isEqualTo(1);
    assertThat(value.getTensor().getStringVal(0).toStringUtf8()).contains(SETTINGS);
  }

  @Test
  void tensorFlowReadsHistograms() throws Exception {
    float[] values = new float[10_000];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.02f;
    }
    TensorBoardSink sink = sink(1, 0);
    sink.log(10, new HistogramMetrics(10, Map.of("weights/a", histogram(values))));
    sink.close();

    HistogramProto read = EventReader.values(directory, "weights/a").get(0).value().getHisto();
    Arrays.sort(values);
    assertThat(read.getNum()).isEqualTo(values.length);
    assertThat(read.getMin()).isEqualTo(values[0]);
    assertThat(read.getMax()).isEqualTo(values[values.length - 1]);
    assertThat(read.getBucketLimitList()).isSorted().doesNotHaveDuplicates();
    for (int i = 1; i < read.getBucketCount(); i++) {
      double low = read.getBucketLimit(i - 1);
      double high = read.getBucketLimit(i);
      assertThat(read.getBucket(i))
          .as("from %s to %s", low, high)
          .isEqualTo(count(values, low, high));
    }
    assertThat(read.getBucketList().stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo(values.length);
  }

  /** Values in [low, high), or (low, high] below zero. */
  private static double count(float[] values, double low, double high) {
    int found = 0;
    for (float value : values) {
      boolean in = high <= 0 ? low < value && value <= high : low <= value && value < high;
      found += in ? 1 : 0;
    }
    return found;
  }

  @Test
  void filesAreFewAndFollowTheRun() throws Exception {
    TensorBoardSink sink = sink(1, 0);
    long steps = 24 * 360;
    for (long step = 1; step <= steps; step++) {
      now = now.plus(Duration.ofSeconds(10));
      sink.log(step, validation(step));
      sink.flush();
      if (step == 1) {
        assertThat(EventReader.steps(directory, "validationLoss")).containsExactly(1L);
      }
    }
    sink.close();
    assertThat(files()).hasSizeBetween(24 * 12, 24 * 12 + 60);
    assertThat(EventReader.steps(directory, "validationLoss"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, steps).boxed().toList());
  }

  @Test
  void eachStepIsInTheFilesOnceAfterManyAttempts() throws Exception {
    Random random = new Random(7);
    long checkpoint = 0;
    long end = 400;
    for (int attempt = 1; checkpoint < end; attempt++) {
      JsonLinesSink lines = new JsonLinesSink(run, attempt, checkpoint);
      TensorBoardSink sink = sink(attempt, checkpoint);
      long killed = Math.min(end, checkpoint + 10 + random.nextInt(60));
      long newest = checkpoint;
      for (long step = checkpoint + 1; step <= killed; step++) {
        now = now.plus(Duration.ofSeconds(random.nextInt(10)));
        lines.log(step, steps(step));
        sink.log(step, steps(step));
        if (random.nextInt(3) == 0) {
          sink.flush();
        }
        if (step % 5 == 0) {
          lines.log(step, validation(step));
          sink.log(step, validation(step));
        }
        if (step % 20 == 0) {
          lines.flush();
          newest = step;
        }
      }
      if (killed == end) {
        lines.close();
        sink.close();
        newest = end;
      }
      checkpoint = newest;
      // The process dies here: what the sinks still hold is lost.
    }

    assertThat(EventReader.steps(directory, "loss"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, end).boxed().toList());
    assertThat(EventReader.steps(directory, "validationLoss"))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, end).filter(step -> step % 5 == 0).boxed().toList());
    assertThat(EventReader.steps(directory, "settings/text_summary")).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatAnInterruptedWriterLeftIsCompleted() throws Exception {
    JsonLinesSink lines = new JsonLinesSink(run, 1, 0);
    TensorBoardSink first = sink(1, 0);
    for (long step = 1; step <= 10; step++) {
      lines.log(step, steps(step));
      first.log(step, steps(step));
    }
    lines.close();
    first.close();
    Path file = directory.resolve("tensorboard").resolve(files().get(0));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    JsonLinesSink unused = new JsonLinesSink(run, 2, 10);
    TensorBoardSink second = sink(2, 10);
    second.log(11, steps(11));
    second.close();
    assertThat(EventReader.steps(directory, "loss"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 11).boxed().toList());
  }

  @Test
  void aBoardThatFollowsIsToldWhereTheRunRestarts() throws Exception {
    TensorBoardSink first = sink(1, 0);
    first.log(30, steps(30));
    first.close();
    TensorBoardSink second = sink(2, 20);
    second.close();
    assertThat(EventReader.events(directory))
        .filteredOn(event -> event.fileVersion().isEmpty())
        .filteredOn(event -> event.summary().getValueCount() == 0)
        .extracting(ReadEvent::step)
        .containsExactly(21L);
  }

  @Test
  void anEarlierAttemptStopsWriting() {
    AttemptLog attempts = new AttemptLog(run);
    TensorBoardSink sink = sink(attempts.begin("first", List.of()), 0);
    sink.flush();
    attempts.begin("second", List.of());
    sink.log(10, steps(10));
    assertThatThrownBy(sink::close).isInstanceOf(TryAgainException.class);
  }

  private TensorBoardSink sink(int attempt, long step) {
    return new TensorBoardSink(run, attempt, step, SETTINGS, () -> now);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> found = Files.list(directory.resolve("tensorboard"))) {
      return found
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private static Histogram histogram(float[] values) {
    Counter counter = new Counter();
    counter.add(FloatBuffer.wrap(values));
    return counter.histogram();
  }

  private static StepMetrics steps(long step) {
    return new StepMetrics(
        step,
        step * 100,
        3.5,
        1e-3,
        new GradientMetrics(0.5, Map.of()),
        new Execution(42, 1e9, 0.25, 1_000_000_000, 2),
        new PhaseSeconds(1, 2, 3, 4, 5));
  }

  private static ValidationMetrics validation(long step) {
    return new ValidationMetrics(step, step * 100, 2.5, Math.exp(2.5), 0.1);
  }
}
