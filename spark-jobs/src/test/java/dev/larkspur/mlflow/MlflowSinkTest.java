package dev.larkspur.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.ValidationMetrics;
import dev.larkspur.mlflow.RecordingServer.Mood;
import dev.larkspur.mlflow.TrackedRun.Description;
import dev.larkspur.mlflow.Tracking.Ending;
import dev.larkspur.mlflow.Tracking.RunEnd;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.settings.MetricsSettings.MlflowSettings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.TryAgainException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;

/** Drives a server that records by MlflowSink, and reads it by MLflow's own client. */
class MlflowSinkTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private RunDirectory run;
  private RecordingServer server;
  private MlflowClient reader;

  @BeforeEach
  void start() throws Exception {
    run = new RunDirectory(directory.toString(), new Configuration());
    server = new RecordingServer();
    reader = server.client();
  }

  @AfterEach
  void stop() {
    reader.close();
    server.close();
  }

  @Test
  void mlflowsClientReadsTheRun() {
    MlflowSink sink = sink(begin(), 0);
    sink.log(10, validation(10));
    sink.log(20, validation(20));
    sink.close();

    Run read = onlyRun();
    assertThat(read.getInfo().getRunName()).isEqualTo("first");
    assertThat(read.getInfo().getStatus()).isEqualTo(RunStatus.RUNNING);
    assertThat(read.getData().getParamsList())
        .extracting(Param::getKey, Param::getValue)
        .containsExactlyInAnyOrder(
            tuple("training.steps", "20"), tuple("model.ffn.kind", "low-rank"));
    assertThat(tags(read))
        .containsEntry("larkspur.attempt", "1")
        .containsEntry("larkspur.directory", run.path("").toString());
    assertThat(reader.getMetricHistory(read.getInfo().getRunId(), "validationLoss"))
        .extracting(Metric::getStep, Metric::getValue)
        .containsExactly(tuple(10L, 2.5), tuple(20L, 2.5));
    assertThat(reader.getMetricHistory(read.getInfo().getRunId(), "tokens"))
        .extracting(Metric::getStep, Metric::getValue)
        .containsExactly(tuple(10L, 1000.0), tuple(20L, 2000.0));
  }

  @Test
  void eachStepIsThereOnceWhateverHappens() {
    Random random = new Random(11);
    List<Mood> moods =
        List.of(Mood.ANSWERS, Mood.ANSWERS, Mood.IS_DOWN, Mood.LOSES_ANSWERS, Mood.ANSWERS);
    long end = 1500;
    long checkpoint = 0;
    while (checkpoint < end) {
      int attempt = begin();
      JsonLinesSink lines = new JsonLinesSink(run, attempt, checkpoint);
      MlflowSink sink = new MlflowSink(tracking(DEADLINE), run, attempt, checkpoint, 40);
      long killed = Math.min(end, checkpoint + 100 + random.nextInt(400));
      long newest = checkpoint;
      for (long step = checkpoint + 1; step <= killed; step++) {
        log(List.of(lines, sink), step);
        if (random.nextInt(20) == 0) {
          server.is(moods.get(random.nextInt(moods.size())));
          lines.flush();
          flush(sink);
        }
        if (step % 100 == 0) {
          lines.flush();
          newest = step;
        }
      }
      if (killed == end) {
        server.is(Mood.ANSWERS);
        lines.close();
        sink.flush();
        sink.close();
        newest = end;
      }
      // The process dies here: what the sinks still hold is lost.
      checkpoint = newest;
    }

    String id = onlyRun().getInfo().getRunId();
    assertThat(steps(id, "validationLoss"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, end).boxed().toList());
    assertThat(steps(id, "tokens"))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, end).boxed().toList());
  }

  @Test
  void theEndOfATrainingSendsWhatTheServerLacks() {
    int attempt = begin();
    JsonLinesSink lines = new JsonLinesSink(run, attempt, 0);
    for (long step = 1; step <= 50; step++) {
      lines.log(step, validation(step));
    }
    lines.close();
    run.write("model.safetensors", "weights");
    run.write("config.conf", "training.steps = 50");
    List<String> notes = new ArrayList<>();

    Ending ending =
        new Ending(RunEnd.COMPLETED, "{\"step\":50}", List.of("model.safetensors", "config.conf"));
    tracking(DEADLINE).ended(run, ending, notes::add);

    assertThat(notes).isEmpty();
    Run read = onlyRun();
    assertThat(read.getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
    assertThat(steps(read.getInfo().getRunId(), "validationLoss")).hasSize(50);
    assertThat(read.getData().getParamsList())
        .extracting(Param::getKey, Param::getValue)
        .containsExactly(tuple("training.steps", "50"));
    assertThat(tags(read)).containsEntry("larkspur.status", "completed");
    assertThat(server.artifacts().keySet())
        .containsExactly(
            "1/run1/artifacts/model/config.conf",
            "1/run1/artifacts/model/model.safetensors",
            "1/run1/artifacts/summary.json");
    assertThat(server.artifacts().get("1/run1/artifacts/model/model.safetensors"))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("weights");
  }

  @Test
  void aModelStaysWhereTheServerDoesNotTakeIt() {
    server.storesArtifactsAt("s3://bucket/");
    begin();
    List<String> notes = new ArrayList<>();
    tracking(DEADLINE).ended(run, new Ending(RunEnd.COMPLETED, "{}", List.of()), notes::add);
    assertThat(server.artifacts()).isEmpty();
    assertThat(notes).singleElement().asString().contains("--serve-artifacts");
    assertThat(onlyRun().getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
  }

  @Test
  void aServerThatNeverAnswersIsTriedAgain() {
    MlflowSink sink = new MlflowSink(tracking(Duration.ofMillis(200)), run, begin(), 0, 1000);
    sink.log(10, validation(10));
    server.is(Mood.HANGS);
    assertThatThrownBy(sink::flush)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(server.uri());
    server.is(Mood.ANSWERS);
    flush(sink);
    sink.close();
    assertThat(steps(onlyRun().getInfo().getRunId(), "validationLoss")).containsExactly(10L);
  }

  @Test
  void aRefusalIsFinal() {
    MlflowSink sink = sink(begin(), 0);
    server.is(Mood.REFUSES);
    sink.log(10, validation(10));
    assertThatThrownBy(sink::flush)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("MLFLOW_TRACKING_USERNAME")
        .hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void anAttemptFromTheBeginningStartsTheRunAnew() {
    MlflowSink first = sink(begin(), 0);
    first.log(10, validation(10));
    first.close();
    MlflowSink second = sink(begin(), 0);
    second.log(20, validation(20));
    second.close();

    assertThat(steps(onlyRun().getInfo().getRunId(), "validationLoss")).containsExactly(20L);
  }

  @Test
  void aChangedSettingIsATag() {
    MlflowSink first = sink(begin(), 0);
    first.log(10, validation(10));
    first.close();
    Tracking longer =
        new Tracking(
            settings(),
            new Description("study", "first", Map.of("training.steps", "40")),
            Map.of(),
            DEADLINE);
    MlflowSink second = new MlflowSink(longer, run, begin(), 10);
    second.log(20, validation(20));
    second.close();

    Run read = onlyRun();
    assertThat(read.getData().getParamsList())
        .extracting(Param::getKey, Param::getValue)
        .contains(tuple("training.steps", "20"));
    assertThat(tags(read)).containsEntry("larkspur.now.training.steps", "40");
    assertThat(steps(read.getInfo().getRunId(), "validationLoss")).containsExactly(10L, 20L);
  }

  @Test
  void credentialsComeFromTheEnvironment() {
    Tracking secured =
        new Tracking(
            settings(),
            new Description("study", "first", Map.of()),
            Map.of("MLFLOW_TRACKING_USERNAME", "ada", "MLFLOW_TRACKING_PASSWORD", "engine"),
            DEADLINE);
    begin();
    secured.ended(run, new Ending(RunEnd.STOPPED, "{}", List.of()), note -> {});
    // "ada:engine"; the summary's upload has it too.
    assertThat(server.authorizations())
        .hasSizeGreaterThan(3)
        .containsOnly("Basic YWRhOmVuZ2luZQ==");
    assertThat(onlyRun().getInfo().getStatus()).isEqualTo(RunStatus.KILLED);
  }

  @Test
  void anEarlierAttemptStopsSending() {
    MlflowSink sink = sink(begin(), 0);
    sink.flush();
    begin();
    sink.log(10, validation(10));
    assertThatThrownBy(sink::flush).isInstanceOf(TryAgainException.class);
  }

  private int begin() {
    return new AttemptLog(run).begin("application");
  }

  private MlflowSink sink(int attempt, long step) {
    return new MlflowSink(tracking(DEADLINE), run, attempt, step);
  }

  private MlflowSettings settings() {
    return new MlflowSettings(server.uri(), "study", true);
  }

  private Tracking tracking(Duration deadline) {
    return new Tracking(
        settings(),
        new Description(
            "study", "first", Map.of("training.steps", "20", "model.ffn.kind", "low-rank")),
        Map.of(),
        deadline);
  }

  private static void log(List<MetricsSink> sinks, long step) {
    sinks.forEach(sink -> sink.log(step, validation(step)));
  }

  private static void flush(MlflowSink sink) {
    try {
      sink.flush();
    } catch (StoreException later) {
      assertThat(later).hasMessageContaining("MLflow");
    }
  }

  private Run onlyRun() {
    String experiment = reader.getExperimentByName("study").orElseThrow().getExperimentId();
    List<Run> runs =
        reader.searchRuns(List.of(experiment), "", ViewType.ACTIVE_ONLY, 10).getItems();
    assertThat(runs).hasSize(1);
    return reader.getRun(runs.get(0).getInfo().getRunId());
  }

  private List<Long> steps(String id, String metric) {
    return reader.getMetricHistory(id, metric).stream().map(Metric::getStep).toList();
  }

  private static Map<String, String> tags(Run run) {
    Map<String, String> tags = new TreeMap<>();
    run.getData().getTagsList().stream()
        .forEach((RunTag tag) -> tags.put(tag.getKey(), tag.getValue()));
    return tags;
  }

  private static ValidationMetrics validation(long step) {
    return new ValidationMetrics(step, step * 100, 2.5, Math.exp(2.5), 0.1);
  }
}
