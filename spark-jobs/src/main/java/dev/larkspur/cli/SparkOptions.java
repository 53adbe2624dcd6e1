package dev.larkspur.cli;

import com.typesafe.config.Config;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.engine.Engines;
import dev.larkspur.launch.ClusterLoss.SparkEndedException;
import dev.larkspur.launch.ExecutorEnvironment;
import dev.larkspur.launch.LocalDirectories;
import dev.larkspur.launch.MasterCheck;
import dev.larkspur.launch.MasterCheck.SparkStartException;
import dev.larkspur.launch.NativeTuning;
import dev.larkspur.monitoring.LarkspurPlugin;
import dev.larkspur.report.Console;
import dev.larkspur.settings.MetricsSettings.Sink;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.strategy.TrainingStrategy;
import dev.larkspur.train.driver.TrainingJob;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Option;

/** Options that select Spark, and its start. */
final class SparkOptions {
  private static final String MASTER = "spark.master";
  private static final String PLUGINS = "spark.plugins";
  private static final String UI = "spark.ui.enabled";
  private static final String EXECUTOR_JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  /** A worker that hangs in native code ends with its executor, which the cluster replaces. */
  private static final Map<String, String> REAPER =
      Map.of("spark.task.reaper.enabled", "true", "spark.task.reaper.killTimeout", "2m");

  private static final String TORCH_LIMIT = "org.bytedeco.javacpp.maxbytes";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = {
        "Spark master (default: local[*]). Ignored under spark-submit, which sets its own."
      })
  private String master;

  /**
   * Runs work on a Spark that it starts and stops.
   *
   * @param settings whose {@code spark.*} are passed to Spark
   * @param name application name
   */
  void run(Settings settings, String name, Consumer<SparkContext> work) {
    runOn(conf(settings), settings, name, work);
  }

  /** The same for work that trains, with the properties that training relies on. */
  void runTraining(Settings settings, String name, Consumer<SparkContext> work) {
    runOn(trainingConf(settings), settings, name, work);
  }

  private void runOn(SparkConf conf, Settings settings, String name, Consumer<SparkContext> work) {
    if (!ApplicationName.isGiven(conf)) {
      conf.setAppName(ApplicationName.of(name, settings));
    }
    String used = conf.get(MASTER);
    MasterCheck.problem(used)
        .ifPresent(
            problem -> {
              throw new SettingsException(List.of(problem));
            });
    ignoredMaster(settings, used).ifPresent(Console.standard()::say);
    run(conf, work);
  }

  /** Runs work with embedded Spark on {@code cores} cores, whatever master is selected. */
  void runEmbedded(Settings settings, String name, int cores, Consumer<SparkContext> work) {
    run(conf(settings).setAppName(name).setMaster("local[" + cores + "]"), work);
  }

  private static void run(SparkConf conf, Consumer<SparkContext> work) {
    LocalDirectories.check(conf, System.getenv());
    SparkContext spark = start(conf);
    try {
      work.accept(spark);
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception failure) {
      if (spark.isStopped()) {
        throw new SparkEndedException(failure);
      }
      throw failure;
    } finally {
      spark.stop();
    }
  }

  private static SparkContext start(SparkConf conf) {
    MasterCheck.requireReachable(conf.get(MASTER));
    try {
      return SparkContext.getOrCreate(conf);
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception e) {
      if (!conf.get(MASTER).startsWith("local") && MasterCheck.isUnreachable(e)) {
        throw MasterCheck.unreachable(conf.get(MASTER), e);
      }
      throw new SparkStartException(e);
    }
  }

  /** The Hadoop configuration, for work before or without Spark. */
  Configuration hadoop(Settings settings) {
    return SparkHadoopUtil.get().newConfiguration(conf(settings));
  }

  /** The properties that {@link #run} starts Spark with, except for the application name. */
  SparkConf conf(Settings settings) {
    // Reads the system properties that spark-submit has set.
    SparkConf conf = new SparkConf();
    boolean submitted = conf.contains(MASTER);
    settings
        .spark()
        .forEach(
            (key, value) -> {
              if (!(submitted && key.equals(MASTER))) {
                conf.set(key, value);
              }
            });
    if (!submitted) {
      conf.set(MASTER, master != null ? master : conf.get(MASTER, "local[*]"));
      conf.setIfMissing(UI, "false");
    }
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // Spark's default, a check for the slots of a barrier stage every 15 s, would waste time.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    if (conf.get(MASTER).startsWith("local")) {
      // Avoids resolving the host's own name, which fails on machines without a network.
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      // A task that runs out of memory fails; by default Spark would end the JVM with code 52.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    } else {
      // What a setting says wins over the environment of the driver.
      networkInterface(settings)
          .ifPresent(name -> conf.setIfMissing("spark.executorEnv.NCCL_SOCKET_IFNAME", "=" + name));
      executors(conf);
      if (!submitted) {
        // spark-submit distributes the jars itself: executors would fetch them twice.
        addJars(conf, settings.resolved());
      }
    }
    return conf;
  }

  /** The same with the properties that training and its strategy rely on. */
  SparkConf trainingConf(Settings settings) {
    SparkConf conf = conf(settings);
    TrainingJob.SPARK_PROPERTIES.forEach(conf::set);
    addPlugin(conf);
    if (settings.run().metrics().has(Sink.PROMETHEUS)) {
      servePrometheus(conf, settings);
    }
    if (!conf.get(MASTER).startsWith("local")) {
      REAPER.forEach(conf::setIfMissing);
    }
    TrainingStrategy.find(settings.training().strategy().kind().word())
        .ifPresent(strategy -> strategy.clusterProperties().forEach(conf::setIfMissing));
    return conf;
  }

  /** Spark's own page for Prometheus, on the driver's UI, which is off unless it is set. */
  private static void servePrometheus(SparkConf conf, Settings settings) {
    if (!settings.spark().containsKey(UI)) {
      conf.set(UI, "true");
    }
    conf.setIfMissing("spark.metrics.namespace", "larkspur");
    String sink = "spark.metrics.conf.driver.sink.prometheusServlet.";
    conf.setIfMissing(sink + "class", "org.apache.spark.metrics.sink.PrometheusServlet");
    conf.setIfMissing(sink + "path", "/metrics/prometheus");
  }

  /** Beside the plugins that the team has. */
  private static void addPlugin(SparkConf conf) {
    String plugin = LarkspurPlugin.class.getName();
    String given = conf.get(PLUGINS, "");
    if (!List.of(given.split(",", -1)).contains(plugin)) {
      conf.set(PLUGINS, given.isBlank() ? plugin : given + "," + plugin);
    }
  }

  /** The cluster that {@link #run} connects to. */
  String master(Settings settings) {
    return conf(settings).get(MASTER);
  }

  /** The master that the option or the settings name; empty if neither does. */
  Optional<String> chosenMaster(Settings settings) {
    return Optional.ofNullable(master).or(() -> Optional.ofNullable(settings.spark().get(MASTER)));
  }

  /** A message if the selected master is ignored in favour of spark-submit's. */
  Optional<String> ignoredMaster(Settings settings, String used) {
    String asked = chosenMaster(settings).orElse(used);
    return asked.equals(used)
        ? Optional.empty()
        : Optional.of(
            "%s = %s is ignored: spark-submit was started with --master %s, start it with another"
                .formatted(MASTER, asked, used));
  }

  /**
   * The network interface for NCCL, which reads the environment; workers configure Gloo themselves.
   */
  private static Optional<String> networkInterface(Settings settings) {
    // Commands that do not train have training settings only as text.
    return Optional.of(settings.resolved().getString("training.network-interface"))
        .filter(name -> !name.equals("auto"));
  }

  private static void executors(SparkConf conf) {
    ExecutorEnvironment.of(System.getenv())
        .forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    // Spark overrides the pod template by 30 s, which is too short for an evicted worker's
    // checkpoint.
    conf.setIfMissing("spark.kubernetes.executor.terminationGracePeriodSeconds", "120s");
    String given = conf.get(EXECUTOR_JAVA_OPTIONS, "");
    if (!given.contains(TORCH_LIMIT)) {
      conf.set(EXECUTOR_JAVA_OPTIONS, (given + " " + NativeTuning.javaOptions()).strip());
    }
  }

  private static void addJars(SparkConf conf, Config settings) {
    String jars =
        Stream.concat(Stream.of(SparkOptions.class), addOns(settings))
            .flatMap(type -> jar(type).stream())
            .distinct()
            .map(jar -> jar.toUri().toString())
            .collect(Collectors.joining(","));
    if (!jars.isEmpty()) {
      conf.setIfMissing("spark.jars", jars);
    }
  }

  /** What the settings choose and may be in an add-on jar; what is missing is refused later. */
  private static Stream<Class<?>> addOns(Config settings) {
    Stream.Builder<Class<?>> chosen = Stream.builder();
    String engine = settings.getString("training.engine");
    if (Engines.names().contains(engine)) {
      chosen.add(Engines.named(engine).getClass());
    }
    String compression = "training.exchange.compression";
    if (settings.hasPath(compression) && settings.getString(compression).equals("threshold")) {
      ThresholdCodecs.type().ifPresent(chosen::add);
    }
    return chosen.build();
  }

  /** The jar of an engine; empty if there is no such engine, or it is in no jar. */
  static Optional<Path> jarOfEngine(String name) {
    return Engines.names().contains(name) ? jar(Engines.named(name).getClass()) : Optional.empty();
  }

  /** The jar that this class is in; empty if it comes from a directory of classes. */
  static Optional<Path> applicationJar() {
    return jar(SparkOptions.class);
  }

  /** The assembled jar that a class comes from; empty if it comes from a directory of classes. */
  private static Optional<Path> jar(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      return Optional.empty();
    }
    try {
      Path place = Path.of(source.getLocation().toURI());
      return Optional.of(place).filter(path -> path.toString().endsWith(".jar"));
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the location of the jar is not a URI: " + source, e);
    }
  }
}
