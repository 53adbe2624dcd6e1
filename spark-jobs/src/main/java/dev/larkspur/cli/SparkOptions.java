package dev.larkspur.cli;

import com.typesafe.config.Config;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.engine.Engines;
import dev.larkspur.launch.ClusterLoss.SparkEndedException;
import dev.larkspur.launch.LocalDirectories;
import dev.larkspur.launch.MasterCheck;
import dev.larkspur.launch.MasterCheck.SparkStartException;
import dev.larkspur.launch.NativeTuning;
import dev.larkspur.report.Console;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
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
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Where a command's Spark is. */
final class SparkOptions {
  private static final String MASTER = "spark.master";
  private static final String EXECUTOR_JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  /**
   * LibTorch's memory is outside the heap: javacpp's limit, a multiple of the heap, would stop it.
   */
  private static final String TORCH_JAVA_OPTIONS =
      "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Dorg.bytedeco.javacpp.maxbytes=0";

  private static final String UTF8_LOCALE = "C.UTF-8";

  private static final String TORCH_LIMIT = "org.bytedeco.javacpp.maxbytes";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = {
        "Spark's master: local[*] by default. Ignored under spark-submit, which has its own."
      })
  private String master;

  /**
   * Runs work with a Spark session and stops it.
   *
   * @param settings whose {@code spark.*} are handed on
   * @param name application name
   */
  void run(Settings settings, String name, Consumer<SparkSession> work) {
    run(settings, Map.of(), name, work);
  }

  /**
   * Runs work with a Spark session and stops it.
   *
   * @param settings whose {@code spark.*} are handed on
   * @param needed properties that the work relies on
   * @param name application name
   */
  void run(
      Settings settings, Map<String, String> needed, String name, Consumer<SparkSession> work) {
    SparkConf conf = conf(settings).setAppName(name);
    needed.forEach(conf::set);
    String used = conf.get(MASTER);
    MasterCheck.problem(used)
        .ifPresent(
            problem -> {
              throw new SettingsException(List.of(problem));
            });
    ignoredMaster(settings, used).ifPresent(Console.standard()::say);
    run(conf, work);
  }

  /** Runs work with embedded Spark on so many cores, whatever the master that was asked for. */
  void runEmbedded(Settings settings, String name, int cores, Consumer<SparkSession> work) {
    run(conf(settings).setAppName(name).setMaster("local[" + cores + "]"), work);
  }

  private static void run(SparkConf conf, Consumer<SparkSession> work) {
    LocalDirectories.check(conf, System.getenv());
    SparkSession session = start(conf);
    try {
      work.accept(session);
      // Scala code throws checked exceptions without saying so.
    } catch (Exception failure) {
      if (session.sparkContext().isStopped()) {
        throw new SparkEndedException(failure);
      }
      throw failure;
    } finally {
      session.stop();
    }
  }

  private static SparkSession start(SparkConf conf) {
    MasterCheck.requireReachable(conf.get(MASTER));
    try {
      return SparkSession.builder().config(conf).getOrCreate();
      // Scala code throws checked exceptions without saying so.
    } catch (Exception e) {
      if (!conf.get(MASTER).startsWith("local") && MasterCheck.isUnreachable(e)) {
        throw MasterCheck.unreachable(conf.get(MASTER), e);
      }
      throw new SparkStartException(e);
    }
  }

  /** How file systems are reached, for what happens before or without Spark. */
  Configuration hadoop(Settings settings) {
    return SparkHadoopUtil.get().newConfiguration(conf(settings));
  }

  /** The properties of Spark that {@link #run} starts it with, without a name. */
  SparkConf conf(Settings settings) {
    // Reads what spark-submit left in the system properties.
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
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // Spark's 15 s between two looks for the slots of a barrier stage would be dead time.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    if (conf.get(MASTER).startsWith("local")) {
      // Spares the look-up of the host's own name, which fails on machines without a network.
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      // A task that runs out of memory is a failed task here; Spark would end the JVM, with code
      // 52.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
    } else {
      executors(conf);
      if (!submitted) {
        // spark-submit hands the jars on itself: executors would fetch them twice.
        addJars(conf, settings.resolved());
      }
      networkInterface(settings)
          .ifPresent(name -> conf.setIfMissing("spark.executorEnv.NCCL_SOCKET_IFNAME", "=" + name));
    }
    return conf;
  }

  /** What to say of a master that was asked for and is not the one there is: spark-submit's. */
  Optional<String> ignoredMaster(Settings settings, String used) {
    String asked = master != null ? master : settings.spark().getOrDefault(MASTER, used);
    return asked.equals(used)
        ? Optional.empty()
        : Optional.of(
            "%s = %s is ignored: spark-submit was started with --master %s, start it with another"
                .formatted(MASTER, asked, used));
  }

  /** For NCCL, which reads the environment; the worker configures Gloo itself. */
  private static Optional<String> networkInterface(Settings settings) {
    // Commands that do not train have no training settings but as text.
    return Optional.of(settings.resolved().getString("training.network-interface"))
        .filter(name -> !name.equals("auto"));
  }

  private static void executors(SparkConf conf) {
    NativeTuning.ENVIRONMENT.forEach(
        (name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    // Executors inherit the locale of a daemon, and name files by it.
    conf.setIfMissing("spark.executorEnv.LC_ALL", UTF8_LOCALE);
    String given = conf.get(EXECUTOR_JAVA_OPTIONS, "");
    if (!given.contains(TORCH_LIMIT)) {
      conf.set(EXECUTOR_JAVA_OPTIONS, (given + " " + TORCH_JAVA_OPTIONS).strip());
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
      throw new IllegalStateException("the place of the jar is not a URI: " + source, e);
    }
  }
}
