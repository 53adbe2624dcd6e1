package dev.larkspur.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.client.api.YarnClient;

/** Hadoop's YARN and HDFS, in a JVM of their own, on ports of 127.0.0.1 that the system chooses. */
final class YarnCluster implements AutoCloseable {
  private static final Path SERVER = Path.of(System.getProperty("yarn.server"));

  /** What YARN reports of an application when it has ended. */
  record Outcome(String status, int attempts) {}

  private final Path conf;
  private final Path home;
  private final Child servers;

  /**
   * Starts it, and waits until it takes applications.
   *
   * @param directory for its files, and a Spark home made of links to the jars
   */
  YarnCluster(Path directory) throws Exception {
    home = BuiltJar.sparkHome(directory);
    conf = directory.resolve("hadoop/conf");
    Path logging = Files.createDirectories(directory.resolve("hadoop")).resolve("log4j.properties");
    Files.writeString(
        logging,
        """
        log4j.rootLogger=WARN,out
        log4j.appender.out=org.apache.log4j.ConsoleAppender
        log4j.appender.out.layout=org.apache.log4j.SimpleLayout
        """);
    List<String> command = BuiltJar.javaWithHeap("768m");
    command.addAll(
        List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Dlog4j.configuration=file:" + logging,
            "-cp",
            Files.readString(SERVER.resolve("target/yarn.classpath")).strip(),
            SERVER.resolve("YarnAndHdfs.java").toString(),
            directory.resolve("hadoop").toString()));
    servers = Child.start(command, Map.of("JAVA_HOME", System.getProperty("java.home")));
    try {
      servers.await("READY");
    } catch (Exception e) {
      servers.close();
      throw e;
    }
  }

  /** How its files are reached. */
  Configuration files() {
    Configuration files = new Configuration(false);
    files.addResource(new org.apache.hadoop.fs.Path(conf.resolve("core-site.xml").toUri()));
    files.addResource(new org.apache.hadoop.fs.Path(conf.resolve("hdfs-site.xml").toUri()));
    return files;
  }

  /**
   * Submits the assembled jar; ends with the application.
   *
   * @param mode client or cluster, where the driver is
   * @param name of the application
   */
  Child submit(String mode, String name, String... arguments) throws IOException {
    List<String> command = BuiltJar.java(conf + ":" + home.resolve("jars") + "/*");
    command.addAll(
        List.of(
            "org.apache.spark.deploy.SparkSubmit",
            "--master",
            "yarn",
            "--deploy-mode",
            mode,
            "--name",
            name,
            "--class",
            "dev.larkspur.cli.Larkspur"));
    command.addAll(options());
    command.add(BuiltJar.jar().toString());
    command.addAll(List.of(arguments));
    return Child.start(command, environment());
  }

  /** Of {@code spark-submit}. */
  List<String> options() {
    List<String> options = new ArrayList<>(List.of("--driver-memory", "600m"));
    for (String setting :
        List.of(
            "spark.yarn.jars=local:" + home.resolve("jars") + "/*",
            "spark.executor.instances=2",
            "spark.executor.memory=512m",
            "spark.executor.memoryOverhead=1g",
            "spark.yarn.report.interval=500ms",
            "spark.executorEnv.SPARK_LOCAL_IP=127.0.0.1",
            "spark.yarn.appMasterEnv.SPARK_LOCAL_IP=127.0.0.1",
            "spark.executor.defaultJavaOptions=" + String.join(" ", BuiltJar.shortLived()),
            "spark.ui.enabled=false")) {
      options.addAll(List.of("--conf", setting));
    }
    return options;
  }

  /** What a user sets for whom this is the cluster. */
  Map<String, String> environment() {
    return Map.of(
        "HADOOP_CONF_DIR",
        conf.toString(),
        "SPARK_HOME",
        home.toString(),
        "SPARK_SCALA_VERSION",
        System.getProperty("scala.binary.version"),
        "SPARK_LOCAL_IP",
        "127.0.0.1");
  }

  /**
   * The processes of containers that run a class.
   *
   * @param mainClass its name, or the end of it
   */
  List<ProcessHandle> containers(String mainClass) {
    String here = conf.getParent().toString();
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              String line = process.info().commandLine().orElse("");
              return line.contains(here)
                  && line.contains(mainClass)
                  && process.info().command().orElse("").endsWith("java");
            })
        .toList();
  }

  /** What the resource manager says of the application of this name. */
  Outcome outcome(String name) throws Exception {
    Configuration settings = files();
    settings.addResource(new org.apache.hadoop.fs.Path(conf.resolve("yarn-site.xml").toUri()));
    try (YarnClient yarn = YarnClient.createYarnClient()) {
      yarn.init(settings);
      yarn.start();
      for (ApplicationReport application : yarn.getApplications()) {
        if (application.getName().equals(name)) {
          return new Outcome(
              application.getFinalApplicationStatus().toString(),
              application.getCurrentApplicationAttemptId().getAttemptId());
        }
      }
    }
    throw new IllegalStateException("no application " + name);
  }

  /** What containers have printed, as far as it is still there; for messages of tests. */
  String logs() {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> files = Files.walk(conf.resolveSibling("data"))) {
      for (Path file : files.filter(path -> path.endsWith("stderr")).toList()) {
        logs.append(file).append(":\n").append(Files.readString(file));
      }
    } catch (IOException e) {
      logs.append(e);
    }
    return logs.toString();
  }

  @Override
  public void close() {
    servers.close();
  }
}
