package dev.larkspur.cluster;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Spark's standalone master and workers, each a JVM of its own on a port that the system chooses.
 */
public final class StandaloneCluster implements AutoCloseable {
  private final Path home;
  private final Path directory;
  private final List<Child> processes = new ArrayList<>();
  private final List<Child> workers = new ArrayList<>();
  private final Child masterProcess;
  private final String master;

  /**
   * Starts a master and workers of one core each, and waits until they have found each other.
   *
   * @param directory for logs, work and a Spark home made of links to the jars
   */
  public StandaloneCluster(Path directory, int workers) throws Exception {
    this.directory = directory;
    home = BuiltJar.sparkHome(directory);
    try {
      masterProcess =
          daemon("org.apache.spark.deploy.master.Master", "--port", "0", "--webui-port", "0");
      master = masterProcess.await("Starting Spark master at (spark://\\S+)").group(1);
      for (int worker = 0; worker < workers; worker++) {
        addWorker();
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /** Starts another worker, and waits until it has found the master. */
  public void addWorker() throws Exception {
    Child child =
        daemon(
            "org.apache.spark.deploy.worker.Worker",
            "--port",
            "0",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "1g",
            "--work-dir",
            directory.resolve("work-" + processes.size()).toString(),
            master);
    workers.add(child);
    child.await("Successfully registered with master");
  }

  /** Applications that the master has registered so far: ids by name. */
  Map<String, String> applications() {
    return Pattern.compile("Registered app (.+) with ID (\\S+)")
        .matcher(masterProcess.output())
        .results()
        .collect(toMap(match -> match.group(1), match -> match.group(2)));
  }

  /** The processes of all executors. */
  public List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(worker -> worker.children().stream())
        .filter(process -> process.isAlive() && !isDriver(process))
        .toList();
  }

  /** The process of a driver that the cluster runs, if there is one. */
  public Optional<ProcessHandle> driver() {
    return workers.stream()
        .flatMap(worker -> worker.children().stream())
        .filter(StandaloneCluster::isDriver)
        .findFirst();
  }

  /** Waits until the driver has ended and is not started again. */
  public void awaitNoDriver() throws InterruptedException {
    masterProcess.await("Removing driver");
  }

  private static boolean isDriver(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("DriverWrapper");
  }

  /** {@code kill -9} of a worker and its executor. */
  public void killWorker() throws InterruptedException {
    Child worker = workers.remove(0);
    List<ProcessHandle> executors = worker.children();
    worker.kill();
    executors.forEach(ProcessHandle::destroyForcibly);
  }

  /** {@code kill -9} of the master. */
  public void killMaster() throws InterruptedException {
    masterProcess.kill();
  }

  private Child daemon(String mainClass, String... arguments) throws IOException {
    List<String> command = BuiltJar.java(home.resolve("jars") + "/*");
    command.add(mainClass);
    command.addAll(List.of("--host", "127.0.0.1"));
    command.addAll(List.of(arguments));
    Child child = Child.start(command, environment());
    processes.add(child);
    return child;
  }

  /** Its address. */
  String master() {
    return master;
  }

  /** Waits for a line of the master's log. */
  public void awaitMaster(String regex) throws InterruptedException {
    masterProcess.await(regex);
  }

  /** What processes have written of which the cluster's workers keep the output. */
  public String logs(String process) throws IOException {
    StringBuilder logs = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(path -> path.endsWith("stderr")).toList()) {
        if (file.toString().contains("/" + process)) {
          logs.append(Files.readString(file));
        }
      }
    }
    return logs.toString();
  }

  /** Submits the assembled jar. */
  public Child submit(String... arguments) throws IOException {
    return submit(List.of(), arguments);
  }

  /** The same with the add-on jar of the engine dl4j. */
  public Child submitWithDl4j(String... arguments) throws IOException {
    return submit(
        BuiltJar.dl4jJar().map(jar -> List.of("--jars", jar.toString())).orElse(List.of()),
        arguments);
  }

  /** The same in cluster mode: returns when the driver has been handed over to the cluster. */
  public Child submitSupervised(String... arguments) throws IOException {
    return submit(
        List.of("--deploy-mode", "cluster", "--supervise", "--driver-memory", "512m"), arguments);
  }

  private Child submit(List<String> mode, String... arguments) throws IOException {
    String options = String.join(" ", BuiltJar.shortLived());
    List<String> command = BuiltJar.java(home.resolve("jars") + "/*");
    command.add("org.apache.spark.deploy.SparkSubmit");
    command.addAll(mode);
    command.addAll(
        List.of(
            "--master",
            master,
            "--class",
            "dev.larkspur.cli.Larkspur",
            "--conf",
            "spark.executor.memory=512m",
            "--conf",
            "spark.executor.defaultJavaOptions=" + options,
            "--conf",
            "spark.driver.defaultJavaOptions=" + options,
            "--conf",
            "spark.driver.host=127.0.0.1",
            "--conf",
            "spark.ui.enabled=false",
            BuiltJar.jar().toString()));
    command.addAll(List.of(arguments));
    return Child.start(command, environment());
  }

  /**
   * {@code kill -9} of one executor: a process that a worker has started. Waits for one to be
   * there, and until it is gone.
   */
  public void killExecutor() throws Exception {
    while (true) {
      for (Child process : processes) {
        Optional<ProcessHandle> executor = process.child();
        if (executor.isPresent()) {
          executor.get().destroyForcibly();
          executor.get().onExit().get();
          return;
        }
      }
      Thread.onSpinWait();
    }
  }

  /** What a user sets for whom this is the cluster. */
  Map<String, String> environment() {
    return Map.of(
        "SPARK_HOME",
        home.toString(),
        "SPARK_SCALA_VERSION",
        System.getProperty("scala.binary.version"),
        "SPARK_LOCAL_DIRS",
        System.getProperty("java.io.tmpdir"),
        "SPARK_LOCAL_IP",
        "127.0.0.1");
  }

  @Override
  public void close() {
    processes.forEach(Child::close);
  }
}
