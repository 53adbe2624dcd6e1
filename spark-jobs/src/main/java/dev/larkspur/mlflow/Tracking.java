package dev.larkspur.mlflow;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.larkspur.mlflow.TrackedRun.Description;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.MetricsSettings.MlflowSettings;
import dev.larkspur.settings.Settings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * How a run is tracked by MLflow.
 *
 * @param settings where
 * @param description what the run there is created with
 * @param environment of the process, with the credentials
 * @param deadline longest time of a request
 */
public record Tracking(
    MlflowSettings settings,
    Description description,
    Map<String, String> environment,
    Duration deadline) {

  /** The tracking of the run that settings describe. */
  public static Tracking of(Settings settings) {
    return new Tracking(
        settings.run().metrics().mlflow(),
        new Description(
            settings.run().metrics().mlflow().experiment(),
            settings.run().name(),
            byKey(settings.toHocon())),
        System.getenv(),
        TrackingServer.DEADLINE);
  }

  private static Map<String, String> byKey(String hocon) {
    Map<String, String> values = new TreeMap<>();
    ConfigFactory.parseString(hocon)
        .entrySet()
        .forEach(
            entry ->
                values.put(
                    String.join(".", ConfigUtil.splitPath(entry.getKey())),
                    String.valueOf(entry.getValue().unwrapped())));
    return values;
  }

  TrackingServer server() {
    return new TrackingServer(settings.trackingUri(), environment, deadline);
  }

  TrackedRun of(TrackingServer server, RunDirectory run) {
    return new TrackedRun(server, description, run);
  }

  /** The same, with the settings that the run has written. */
  private Tracking withSettingsOf(RunDirectory run) {
    Map<String, String> written =
        run.has(RunDirectory.CONFIG) ? byKey(run.readText(RunDirectory.CONFIG)) : Map.of();
    return new Tracking(
        settings,
        new Description(description.experiment(), description.name(), written),
        environment,
        deadline);
  }

  /**
   * How a training has ended.
   *
   * @param status of the run there
   * @param summary text of {@code summary.json}
   * @param model files of the model, names in the run directory
   */
  public record Ending(RunEnd status, String summary, List<String> model) {
    public Ending {
      model = List.copyOf(model);
    }
  }

  /** How a training can end. */
  public enum RunEnd {
    COMPLETED(RunStatus.FINISHED),
    STOPPED(RunStatus.KILLED),
    FAILED(RunStatus.FAILED);

    private final RunStatus status;

    RunEnd(RunStatus status) {
      this.status = status;
    }
  }

  /**
   * Sends what the server lacks of a training that has ended, its status, its summary and, if it is
   * to be uploaded, its model.
   *
   * @param notes receives a sentence if the server does not answer
   */
  public void ended(RunDirectory run, Ending ending, Consumer<String> notes) {
    try (TrackingServer server = server()) {
      TrackedRun tracked = withSettingsOf(run).of(server, run);
      tracked.open();
      tracked.catchUp(Long.MAX_VALUE);
      tracked.tags(
          Map.of(
              "larkspur.status",
              ending.status().name().toLowerCase(Locale.ROOT),
              "mlflow.note.content",
              "```json\n" + ending.summary() + "\n```"));
      tracked.status(ending.status().status);
      uploadOrNote(server, tracked, run, ending, notes);
    } catch (RuntimeException failure) {
      notes.accept(
          "MLflow lacks the end of this run: %s. The same command sends it once the server answers"
              .formatted(failure.getMessage()));
    }
  }

  private void uploadOrNote(
      TrackingServer server,
      TrackedRun tracked,
      RunDirectory run,
      Ending ending,
      Consumer<String> notes) {
    try {
      upload(server, tracked, run, ending, notes);
    } catch (RuntimeException failure) {
      notes.accept(
          "MLflow lacks the model of this run: %s. The same command sends it once the server takes it"
              .formatted(failure.getMessage()));
    }
  }

  private void upload(
      TrackingServer server,
      TrackedRun tracked,
      RunDirectory run,
      Ending ending,
      Consumer<String> notes) {
    Optional<String> root = tracked.artifacts();
    if (root.isEmpty()) {
      if (settings.uploadModel()) {
        notes.accept(
            "the model stays in %s: the store of artifacts of MLflow at %s is not reached through the server. Start it with --serve-artifacts, or set metrics.mlflow.upload-model = false"
                .formatted(run.path(""), server.uri()));
      }
      return;
    }
    byte[] summary = ending.summary().getBytes(StandardCharsets.UTF_8);
    server.upload(
        root.get() + "/" + RunDirectory.SUMMARY,
        () -> new ByteArrayInputStream(summary),
        summary.length);
    if (settings.uploadModel() && ending.status() == RunEnd.COMPLETED) {
      for (String file : ending.model()) {
        server.upload(
            root.get() + "/model/" + file.substring(file.lastIndexOf('/') + 1),
            () -> run.stream(file),
            run.length(file));
      }
    }
  }
}
