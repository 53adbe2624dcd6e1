package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SparkOptionsTest {

  @Test
  void isLocalAndQuietByDefault() {
    SparkConf conf = options().conf(settings());

    assertThat(conf.get("spark.master")).isEqualTo("local[*]");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.driver.bindAddress")).isEqualTo("127.0.0.1");
    assertThat(conf.contains("spark.executor.extraJavaOptions")).isFalse();
    assertThat(conf.get("spark.executor.killOnFatalError.depth")).isEqualTo("0");
  }

  @Test
  void settingsOfSparkAreHandedOnAndWinOverOurs() {
    SparkConf conf =
        options()
            .conf(settings("spark.task.cpus=2", "spark.ui.enabled=true", "spark.master=local[4]"));

    assertThat(conf.get("spark.task.cpus")).isEqualTo("2");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.master")).isEqualTo("local[4]");
  }

  @Test
  void theOptionWinsOverTheSettings() {
    assertThat(
            options("--master", "local[3]")
                .conf(settings("spark.master=local[4]"))
                .get("spark.master"))
        .isEqualTo("local[3]");
  }

  @Test
  void executorsOfAClusterGetWhatLibTorchNeeds() {
    SparkConf conf =
        options("--master", "spark://head:7077")
            .conf(settings("spark.executor.extraJavaOptions=-Dmine=1"));

    assertThat(conf.get("spark.executor.extraJavaOptions"))
        .startsWith("-Dmine=1 ")
        .contains("-Dorg.bytedeco.javacpp.maxbytes=0");
    assertThat(conf.get("spark.executorEnv.MALLOC_ARENA_MAX")).isEqualTo("1");
    assertThat(conf.get("spark.executorEnv.LC_ALL")).isEqualTo("C.UTF-8");
    assertThat(conf.get("spark.executorEnv.CUDA_DEVICE_ORDER")).isEqualTo("PCI_BUS_ID");
    assertThat(conf.get("spark.kubernetes.executor.terminationGracePeriodSeconds"))
        .isEqualTo("120s");
    assertThat(conf.contains("spark.driver.bindAddress")).isFalse();
  }

  @Test
  void theEnvironmentOfExecutorsThatIsSetIsKept() {
    SparkConf conf =
        options("--master", "spark://head:7077")
            .conf(settings("spark.executorEnv.CUDA_DEVICE_ORDER=FASTEST_FIRST"));

    assertThat(conf.get("spark.executorEnv.CUDA_DEVICE_ORDER")).isEqualTo("FASTEST_FIRST");
  }

  @Test
  void ncclOnAClusterTakesTheInterfaceOfTheSettings() {
    SparkOptions cluster = options("--master", "spark://head:7077");

    assertThat(
            cluster
                .conf(settings("training.network-interface=ib0"))
                .get("spark.executorEnv.NCCL_SOCKET_IFNAME"))
        .isEqualTo("=ib0");
    assertThat(cluster.conf(settings()).contains("spark.executorEnv.NCCL_SOCKET_IFNAME")).isFalse();
  }

  @Test
  void onlyTrainingGetsWhatTrainingReliesOn() {
    SparkOptions cluster = options("--master", "spark://head:7077");
    Settings settings = settings("spark.locality.wait=5s");

    assertThat(cluster.conf(settings).contains("spark.stage.maxConsecutiveAttempts")).isFalse();
    assertThat(cluster.trainingConf(settings).get("spark.stage.maxConsecutiveAttempts"))
        .isEqualTo("1");
    assertThat(cluster.trainingConf(settings).get("spark.locality.wait")).isEqualTo("5s");
    assertThat(cluster.trainingConf(settings).get("spark.task.reaper.killTimeout")).isEqualTo("2m");
  }

  @Test
  void theSinkPrometheusIsAPageOfSparks() {
    SparkConf conf = options().trainingConf(settings("metrics.sinks=[prometheus]"));

    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.metrics.conf.driver.sink.prometheusServlet.path"))
        .isEqualTo("/metrics/prometheus");
    assertThat(conf.get("spark.metrics.namespace")).isEqualTo("larkspur");
    SparkConf without = options().trainingConf(settings());
    assertThat(without.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(without.contains("spark.metrics.namespace")).isFalse();
  }

  @Test
  void commandsThatDoNotTrainRunOnAClusterToo() {
    Settings settings = new SettingsLoader().load(Purpose.SAMPLE);

    assertThat(options("--master", "spark://head:7077").conf(settings).get("spark.master"))
        .isEqualTo("spark://head:7077");
  }

  @Test
  void sparkSubmitsMasterIsKept() {
    System.setProperty("spark.master", "yarn");
    try {
      assertThat(
              options("--master", "local[3]")
                  .conf(settings("spark.master=local[4]"))
                  .get("spark.master"))
          .isEqualTo("yarn");
    } finally {
      System.clearProperty("spark.master");
    }
  }

  @Test
  void aMasterThatSparkSubmitOverrulesIsNotIgnoredInSilence() {
    Settings settings = settings("spark.master=local[4]");

    assertThat(options().ignoredMaster(settings, "yarn"))
        .hasValue(
            "spark.master = local[4] is ignored: spark-submit was started with --master yarn,"
                + " start it with another");
    assertThat(options("--master", "local[3]").ignoredMaster(settings(), "yarn"))
        .hasValueSatisfying(text -> assertThat(text).startsWith("spark.master = local[3] is"));
    assertThat(options().ignoredMaster(settings(), "yarn")).isEmpty();
    assertThat(options().ignoredMaster(settings, "local[4]")).isEmpty();
    assertThat(options("--master", "yarn").ignoredMaster(settings, "yarn")).isEmpty();
  }

  private static SparkOptions options(String... arguments) {
    return CommandLine.populateCommand(new SparkOptions(), arguments);
  }

  private static Settings settings(String... assignments) {
    SettingsLoader loader = new SettingsLoader().file("conf/quickstart.conf");
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return loader.load(Purpose.DESCRIBE);
  }
}
