package dev.larkspur.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.train.EmbeddedTrainings;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Spark's own sinks and its event log show of a training. */
class MonitoringIT {
  private static final Path MONITORING = Path.of("..", "deploy", "monitoring").toAbsolutePath();
  private static final String PREFIX =
      "metrics_larkspur_driver_plugin_dev_larkspur_monitoring_LarkspurPlugin_";
  private static final Pattern NAME = Pattern.compile("metrics_larkspur_\\w+");
  private static final Pattern SERVED =
      Pattern.compile("^(\\w+)\\{type=\"gauges\"} (\\S+)$", Pattern.MULTILINE);

  @TempDir private static Path directory;
  private static SparkContext spark;
  private static String served;

  /** Those of other tests in this process. */
  private static long stepsBefore;

  @BeforeAll
  static void train() throws Exception {
    Path events = Files.createDirectory(directory.resolve("events"));
    spark =
        SparkContext.getOrCreate(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("monitored")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.ui.enabled", "true")
                .set("spark.ui.port", "0")
                .set("spark.eventLog.enabled", "true")
                .set("spark.eventLog.rolling.enabled", "false")
                .set("spark.eventLog.compress", "false")
                .set("spark.eventLog.dir", events.toUri().toString())
                .set("spark.metrics.namespace", "larkspur")
                .set("spark.metrics.conf", MONITORING.resolve("metrics.properties").toString())
                .set("spark.plugins", LarkspurPlugin.class.getName())
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s"));
    SmallCorpus.prepare(directory);
    stepsBefore = workerSteps();
    EmbeddedTrainings trainings = new EmbeddedTrainings(spark, directory);
    trainings.train("watched", "run.name=seen", "training.steps=10");
    served = get(spark.uiWebUrl().get() + "/metrics/prometheus");
  }

  private static long workerSteps() throws Exception {
    Set<ObjectName> names =
        ManagementFactory.getPlatformMBeanServer()
            .queryNames(new ObjectName("metrics:name=*workerSteps,*"), null);
    assertThat(names).hasSize(1);
    Object steps =
        ManagementFactory.getPlatformMBeanServer().getAttribute(names.iterator().next(), "Value");
    return ((Number) steps).longValue();
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  private static String get(String url) throws Exception {
    // Jetty redirects to the path with a slash at its end.
    return HttpClient.newBuilder()
        .followRedirects(Redirect.NORMAL)
        .build()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  private static double value(String name) {
    return SERVED
        .matcher(served)
        .results()
        .filter(line -> line.group(1).equals(PREFIX + name + "_Value"))
        .map(line -> Double.parseDouble(line.group(2)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in\n" + served));
  }

  @Test
  void prometheusReadsTheDriversNumbers() {
    assertThat(value("step")).isEqualTo(10);
    assertThat(value("steps")).isEqualTo(10);
    assertThat(value("loss")).isBetween(1.0, 10.0);
    assertThat(value("tokensPerSecond")).isPositive();
    assertThat(value("checkpointAgeSeconds")).isNotNegative();
    assertThat(value("training")).isZero();
    assertThat(value("attempt")).isEqualTo(1);
    assertThat(value("restarts")).isZero();
  }

  /** Spark is embedded, so the workers are in the driver's process. */
  @Test
  void jmxHasTheWorkersNumbers() throws Exception {
    assertThat(workerSteps() - stepsBefore).isEqualTo(2 * 10);
    assertThat(value("workerSeconds_compute")).isPositive();
    assertThat(value("deviceMemoryBytes")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yml", "alerts-test.yml", "grafana.json"})
  void everyNameInTheFilesIsServed(String file) throws IOException {
    Set<String> used =
        NAME.matcher(Files.readString(MONITORING.resolve(file)))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(used).isNotEmpty();
    assertThat(SERVED.matcher(served).results().map(line -> line.group(1))).containsAll(used);
  }

  @Test
  void theDashboardIsJsonWithPanels() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(MONITORING.resolve("grafana.json").toFile());
    assertThat(dashboard.path("panels")).isNotEmpty();
    assertThat(dashboard.path("panels"))
        .allSatisfy(
            panel -> assertThat(panel.path("targets").path(0).path("expr").asText()).isNotBlank());
  }

  /** What the history server shows. */
  @Test
  void theEventLogNamesJobsAndStages() throws Exception {
    List<String> descriptions = new ArrayList<>();
    List<String> stages = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (Stream<Path> logs = Files.list(directory.resolve("events"))) {
      for (String line : Files.readAllLines(logs.findFirst().orElseThrow())) {
        JsonNode event = json.readTree(line);
        if (event.path("Event").asText().equals("SparkListenerJobStart")) {
          descriptions.add(event.path("Properties").path("spark.job.description").asText());
          stages.add(event.path("Stage Infos").path(0).path("Stage Name").asText());
        }
      }
    }
    assertThat(descriptions).contains("training seen, attempt 1").doesNotContain("");
    assertThat(stages).contains("training seen, attempt 1");
  }
}
