package dev.larkspur.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mlflow.tracking.MlflowClient;

/**
 * A tracking server that speaks so much of MLflow's REST API as its Java client needs to write a
 * run and to read it again: it keeps every point of a metric, never changes a parameter, and
 * refuses batches that are too large, as the real one does.
 */
public final class RecordingServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final Pattern CONDITION = Pattern.compile("tags\\.`([^`]+)` = '([^']*)'");

  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, String> experiments = new LinkedHashMap<>();
  private final Map<String, RecordedRun> runs = new LinkedHashMap<>();
  private final Map<String, byte[]> artifacts = new TreeMap<>();
  private final List<String> authorizations = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Mood mood = Mood.ANSWERS;
  private volatile String artifactRoot = "mlflow-artifacts:/";

  /** What the server does with a request. */
  public enum Mood {
    ANSWERS,
    /** It answers with 503. */
    IS_DOWN,
    /** It never answers. */
    HANGS,
    /** It does what is asked for, and the answer is lost. */
    LOSES_ANSWERS,
    /** It answers with 403. */
    REFUSES
  }

  private static final class RecordedRun {
    final ObjectNode info = JSON.createObjectNode();
    final Map<String, List<JsonNode>> metrics = new TreeMap<>();
    final Map<String, String> params = new TreeMap<>();
    final Map<String, String> tags = new TreeMap<>();

    JsonNode toJson() {
      ObjectNode run = JSON.createObjectNode();
      run.set("info", info);
      ObjectNode data = run.putObject("data");
      ArrayNode latest = data.putArray("metrics");
      metrics.values().forEach(points -> latest.add(points.get(points.size() - 1)));
      pairs(data.putArray("params"), params);
      pairs(data.putArray("tags"), tags);
      return run;
    }

    private static void pairs(ArrayNode into, Map<String, String> from) {
      from.forEach((key, value) -> into.addObject().put("key", key).put("value", value));
    }
  }

  public RecordingServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  public String uri() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** MLflow's own client, to read what was written. */
  public MlflowClient client() {
    return new MlflowClient(uri());
  }

  public void is(Mood next) {
    mood = next;
  }

  /** Artifacts of runs that are created from now on are not stored by the server itself. */
  public void storesArtifactsAt(String root) {
    artifactRoot = root;
  }

  public synchronized Map<String, byte[]> artifacts() {
    return new TreeMap<>(artifacts);
  }

  public synchronized List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** The steps of a metric of the only run that was not deleted. */
  public synchronized List<Long> steps(String metric) {
    return onlyRun().metrics.getOrDefault(metric, List.of()).stream()
        .map(point -> point.path("step").asLong())
        .toList();
  }

  /** The status of the only run that was not deleted. */
  public synchronized String status() {
    return onlyRun().info.path("status").asText();
  }

  private RecordedRun onlyRun() {
    List<RecordedRun> active =
        runs.values().stream()
            .filter(run -> run.info.path("lifecycle_stage").asText().equals("active"))
            .toList();
    if (active.size() != 1) {
      throw new AssertionError("there are %d runs".formatted(active.size()));
    }
    return active.get(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Mood now = mood;
    switch (now) {
      case IS_DOWN -> answer(exchange, 503, error("TEMPORARILY_UNAVAILABLE"));
      case REFUSES -> answer(exchange, 403, error("PERMISSION_DENIED"));
      case HANGS -> {
        try {
          closing.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        exchange.close();
      }
      case ANSWERS, LOSES_ANSWERS -> {
        JsonNode reply;
        int status = 200;
        try {
          reply = act(exchange, body);
        } catch (Refusal refusal) {
          status = refusal.status;
          reply = error(refusal.getMessage());
        }
        if (now == Mood.LOSES_ANSWERS) {
          exchange.close();
        } else {
          answer(exchange, status, reply);
        }
      }
    }
  }

  private static JsonNode error(String code) {
    return JSON.createObjectNode().put("error_code", code).put("message", code);
  }

  private static void answer(HttpExchange exchange, int status, JsonNode reply) throws IOException {
    byte[] text = JSON.writeValueAsBytes(reply);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refusal(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private synchronized JsonNode act(HttpExchange exchange, byte[] body) throws IOException {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header != null) {
      authorizations.add(header);
    }
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith(ARTIFACTS) && exchange.getRequestMethod().equals("PUT")) {
      artifacts.put(path.substring(ARTIFACTS.length()), body);
      return JSON.createObjectNode();
    }
    JsonNode request = body.length == 0 ? query(exchange) : JSON.readTree(body);
    String call = path.substring(API.length());
    return switch (call) {
      case "experiments/get-by-name" -> experiment(request.path("experiment_name").asText());
      case "experiments/create" -> createExperiment(request.path("name").asText());
      case "runs/create" -> createRun(request);
      case "runs/get" -> JSON.createObjectNode().set("run", run(request).toJson());
      case "runs/search" -> search(request.path("filter").asText());
      case "runs/log-batch" -> logBatch(request);
      case "runs/update" -> update(request);
      case "runs/delete" -> {
        run(request).info.put("lifecycle_stage", "deleted");
        yield JSON.createObjectNode();
      }
      case "metrics/get-history" -> history(request);
      default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND " + call);
    };
  }

  private static JsonNode query(HttpExchange exchange) {
    ObjectNode query = JSON.createObjectNode();
    String text = exchange.getRequestURI().getRawQuery();
    if (text != null) {
      for (String pair : text.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private JsonNode experiment(String name) {
    if (!experiments.containsKey(name)) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST");
    }
    ObjectNode reply = JSON.createObjectNode();
    reply.putObject("experiment").put("experiment_id", experiments.get(name)).put("name", name);
    return reply;
  }

  private JsonNode createExperiment(String name) {
    experiments.put(name, Integer.toString(experiments.size() + 1));
    return JSON.createObjectNode().put("experiment_id", experiments.get(name));
  }

  private JsonNode createRun(JsonNode request) {
    RecordedRun run = new RecordedRun();
    String id = "run" + (runs.size() + 1);
    String experiment = request.path("experiment_id").asText();
    run.info
        .put("run_id", id)
        .put("experiment_id", experiment)
        .put("run_name", request.path("run_name").asText())
        .put("status", "RUNNING")
        .put("lifecycle_stage", "active")
        .put("artifact_uri", artifactRoot + experiment + "/" + id + "/artifacts");
    request
        .path("tags")
        .forEach(tag -> run.tags.put(tag.path("key").asText(), tag.path("value").asText()));
    runs.put(id, run);
    return JSON.createObjectNode().set("run", run.toJson());
  }

  private RecordedRun run(JsonNode request) {
    RecordedRun run = runs.get(request.path("run_id").asText());
    if (run == null) {
      throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST");
    }
    return run;
  }

  private JsonNode search(String filter) {
    Map<String, String> wanted = new TreeMap<>();
    Matcher conditions = CONDITION.matcher(filter);
    while (conditions.find()) {
      wanted.put(conditions.group(1), conditions.group(2));
    }
    ObjectNode reply = JSON.createObjectNode();
    ArrayNode found = reply.putArray("runs");
    runs.values().stream()
        .filter(run -> run.info.path("lifecycle_stage").asText().equals("active"))
        .filter(run -> run.tags.entrySet().containsAll(wanted.entrySet()))
        .forEach(run -> found.add(run.toJson()));
    return reply;
  }

  private JsonNode logBatch(JsonNode request) {
    RecordedRun run = run(request);
    if (request.path("metrics").size() > 1000
        || request.path("params").size() > 100
        || request.path("tags").size() > 100) {
      throw new Refusal(400, "INVALID_PARAMETER_VALUE");
    }
    for (JsonNode param : request.path("params")) {
      String value = param.path("value").asText();
      String before = run.params.putIfAbsent(param.path("key").asText(), value);
      if (before != null && !before.equals(value)) {
        throw new Refusal(400, "INVALID_PARAMETER_VALUE");
      }
    }
    for (JsonNode metric : request.path("metrics")) {
      run.metrics
          .computeIfAbsent(metric.path("key").asText(), key -> new ArrayList<>())
          .add(metric);
    }
    request
        .path("tags")
        .forEach(tag -> run.tags.put(tag.path("key").asText(), tag.path("value").asText()));
    return JSON.createObjectNode();
  }

  private JsonNode update(JsonNode request) {
    RecordedRun run = run(request);
    run.info.put("status", request.path("status").asText());
    ObjectNode reply = JSON.createObjectNode();
    reply.set("run_info", run.info);
    return reply;
  }

  private JsonNode history(JsonNode request) {
    ObjectNode reply = JSON.createObjectNode();
    ArrayNode points = reply.putArray("metrics");
    run(request)
        .metrics
        .getOrDefault(request.path("metric_key").asText(), List.of())
        .forEach(points::add);
    return reply;
  }

  @Override
  public void close() {
    closing.countDown();
    http.stop(0);
    threads.shutdownNow();
  }
}
