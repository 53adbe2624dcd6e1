package dev.larkspur.mlflow;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.metrics.Scalars;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.RunsPage;

/**
 * A run on a tracking server. Its tags hold the identity and the directory of the run, by which
 * later attempts find it. MLflow keeps every point that it receives, so a point is only sent if the
 * server has none of its name for this step or a later one.
 */
final class TrackedRun {
  private static final String IDENTITY = "larkspur.run";
  private static final String DIRECTORY = "larkspur.directory";

  /** Most metrics, parameters and tags of one request, by MLflow's REST API. */
  private static final int MOST_METRICS = 1000;

  private static final int MOST_OTHERS = 100;
  private static final int MOST_FOUND = 10;

  /** Longest value of a parameter that every version of MLflow takes, and of a tag. */
  private static final int LONGEST_VALUE = 500;

  private static final int LONGEST_TAG = 5000;

  private final TrackingServer server;
  private final Description description;
  private final RunDirectory run;
  private RunInfo info;
  private Scalars logged;
  private long newest;

  /**
   * What a run on the server is created with.
   *
   * @param experiment name of the experiment
   * @param name of the run
   * @param settings by key
   */
  record Description(String experiment, String name, Map<String, String> settings) {
    Description {
      settings = new TreeMap<>(settings);
    }
  }

  /** A number to be logged. */
  record Point(long step, Instant time, String name, double value) {}

  TrackedRun(TrackingServer server, Description description, RunDirectory run) {
    this.server = server;
    this.description = description;
    this.run = run;
  }

  /** Finds the run, or creates it. */
  void open() {
    String experiment = server.call(this::experiment);
    String identity = new AttemptLog(run).identity();
    String directory = run.path("").toString();
    Optional<RunInfo> found = find(experiment, identity, directory);
    info =
        found.orElseGet(
            () -> server.call(client -> client.createRun(newRun(experiment, identity, directory))));
    Run now = server.call(client -> client.getRun(info.getRunId()));
    logged = new Scalars();
    newest = -1;
    for (Metric metric : now.getData().getMetricsList()) {
      logged.logged(metric.getKey(), metric.getStep());
      newest = Math.max(newest, metric.getStep());
    }
    Map<String, String> known = new HashMap<>();
    now.getData().getParamsList().forEach(param -> known.put(param.getKey(), param.getValue()));
    describe(known);
  }

  /**
   * Deletes the run on the server, if there is one. MLflow can restore it, and a search no longer
   * finds it.
   */
  void forget() {
    String experiment = server.call(this::experiment);
    find(experiment, new AttemptLog(run).identity(), run.path("").toString())
        .ifPresent(
            found ->
                server.call(
                    client -> {
                      client.deleteRun(found.getRunId());
                      return found;
                    }));
  }

  private String experiment(MlflowClient client) {
    return client
        .getExperimentByName(description.experiment())
        .map(found -> found.getExperimentId())
        .orElseGet(() -> client.createExperiment(description.experiment()));
  }

  private Optional<RunInfo> find(String experiment, String identity, String directory) {
    String filter =
        "tags.`%s` = '%s' and tags.`%s` = '%s'"
            .formatted(IDENTITY, identity, DIRECTORY, directory.replace("'", ""));
    RunsPage page =
        server.call(
            client ->
                client.searchRuns(List.of(experiment), filter, ViewType.ACTIVE_ONLY, MOST_FOUND));
    return page.getItems().stream().map(Run::getInfo).findFirst();
  }

  private CreateRun newRun(String experiment, String identity, String directory) {
    return CreateRun.newBuilder()
        .setExperimentId(experiment)
        .setRunName(description.name())
        .setUserId(System.getProperty("user.name", ""))
        .setStartTime(System.currentTimeMillis())
        .addTags(tag(IDENTITY, identity))
        .addTags(tag(DIRECTORY, directory.replace("'", "")))
        .addTags(tag("mlflow.source.name", "larkspur train"))
        .addTags(tag("mlflow.user", System.getProperty("user.name", "")))
        .build();
  }

  private static RunTag tag(String key, String value) {
    return RunTag.newBuilder().setKey(key).setValue(shortened(value, LONGEST_TAG)).build();
  }

  /**
   * Sends settings that the server does not have as parameters. MLflow never changes a parameter,
   * so the new value of a setting that has changed is a tag.
   */
  private void describe(Map<String, String> known) {
    List<Param> params = new ArrayList<>();
    Map<String, String> changed = new TreeMap<>();
    description
        .settings()
        .forEach(
            (key, text) -> {
              String value = shortened(text, LONGEST_VALUE);
              String before = known.get(key);
              if (before == null) {
                params.add(Param.newBuilder().setKey(key).setValue(value).build());
              } else if (!before.equals(value)) {
                changed.put("larkspur.now." + key, value);
              }
            });
    for (int from = 0; from < params.size(); from += MOST_OTHERS) {
      List<Param> part = params.subList(from, Math.min(params.size(), from + MOST_OTHERS));
      batch(List.of(), part, List.of());
    }
    tags(changed);
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  void tags(Map<String, String> tags) {
    List<RunTag> all = new ArrayList<>();
    tags.forEach((key, value) -> all.add(tag(key, value)));
    for (int from = 0; from < all.size(); from += MOST_OTHERS) {
      batch(List.of(), List.of(), all.subList(from, Math.min(all.size(), from + MOST_OTHERS)));
    }
  }

  /**
   * Sends the JSON lines that the server lacks.
   *
   * @param to last step, inclusive
   * @return the last step that the server has now; -1 if there is none
   */
  long catchUp(long to) {
    List<Point> points = new ArrayList<>();
    Instant now = Instant.now();
    try (Stream<JsonLinesSink.LoggedLine> lines =
        JsonLinesSink.lines(run, Math.max(0, newest), to)) {
      lines.forEach(
          line -> {
            logged
                .take(line.step(), line.numbers())
                .forEach((name, value) -> points.add(new Point(line.step(), now, name, value)));
            if (points.size() >= MOST_METRICS) {
              send(points);
              points.clear();
            }
          });
    }
    send(points);
    return newest;
  }

  /** The numbers of a line that the server lacks, which {@link #send} must then be given. */
  List<Point> lacking(long step, Instant time, Record line) {
    List<Point> points = new ArrayList<>();
    logged
        .take(step, line)
        .forEach((name, value) -> points.add(new Point(step, time, name, value)));
    return points;
  }

  /** Sends points, in the order of their steps. */
  void send(List<Point> points) {
    for (int from = 0; from < points.size(); from += MOST_METRICS) {
      List<Point> part = points.subList(from, Math.min(points.size(), from + MOST_METRICS));
      batch(part.stream().map(TrackedRun::metric).toList(), List.of(), List.of());
      newest = Math.max(newest, part.get(part.size() - 1).step());
    }
  }

  private static Metric metric(Point point) {
    return Metric.newBuilder()
        .setKey(point.name())
        .setValue(point.value())
        .setTimestamp(point.time().toEpochMilli())
        .setStep(point.step())
        .build();
  }

  private void batch(List<Metric> metrics, List<Param> params, List<RunTag> tags) {
    if (!metrics.isEmpty() || !params.isEmpty() || !tags.isEmpty()) {
      server.call(
          client -> {
            client.logBatch(info.getRunId(), metrics, params, tags);
            return info;
          });
    }
  }

  /** Sets the status; one that is not running has ended now. */
  void status(RunStatus status) {
    server.call(
        client -> {
          if (status == RunStatus.RUNNING) {
            return client.sendPost(
                "runs/update",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("run_id", info.getRunId())
                    .put("status", status.name())
                    .toString());
          }
          client.setTerminated(info.getRunId(), status);
          return "";
        });
  }

  /** Where the server itself stores artifacts of this run; empty if it does not. */
  Optional<String> artifacts() {
    String scheme = "mlflow-artifacts:";
    String uri = info.getArtifactUri();
    if (!uri.startsWith(scheme)) {
      return Optional.empty();
    }
    String path = uri.substring(scheme.length());
    // Either a path or an address that names the server again.
    String below = path.startsWith("//") ? path.replaceFirst("//[^/]*", "") : path;
    return Optional.of(below.replaceFirst("^/+", ""));
  }
}
