package dev.larkspur.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An API server of Kubernetes that keeps what it is given, in a JVM of its own, and its client. */
final class KubernetesApi implements AutoCloseable {
  private static final Path PROGRAMS = Path.of("kubernetes");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Path home;
  private final Child server;
  private final String url;

  /**
   * Starts it.
   *
   * @param directory for what it is given, and a Spark home made of links to the jars
   */
  KubernetesApi(Path directory) throws Exception {
    this.directory = directory.resolve("objects");
    home = BuiltJar.sparkHome(directory);
    server = Child.start(program("ApiServer.java", this.directory.toString()), Map.of());
    try {
      url = server.await("READY (http://.*)").group(1);
    } catch (Exception e) {
      server.close();
      throw e;
    }
  }

  private static String classPath() throws IOException {
    return Files.readString(PROGRAMS.resolve("target/kubernetes.classpath")).strip();
  }

  private static List<String> program(String name, String... arguments) throws IOException {
    List<String> command = BuiltJar.javaWithHeap("256m");
    command.addAll(List.of("-cp", classPath(), PROGRAMS.resolve(name).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Reads manifests by the client's classes.
   *
   * @param directory where the documents of each file are written as JSON
   */
  static Child manifests(Path directory, List<Path> files) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(directory.toString()));
    files.forEach(file -> arguments.add(file.toString()));
    return Child.start(program("Manifests.java", arguments.toArray(String[]::new)), Map.of());
  }

  /** Runs {@code spark-submit} with this server as its master. */
  Child submit(List<String> arguments) throws IOException {
    List<String> command = BuiltJar.java(home.resolve("jars") + "/*:" + classPath());
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "k8s://" + url));
    command.addAll(arguments);
    return Child.start(
        command,
        Map.of(
            "SPARK_HOME",
            home.toString(),
            "SPARK_SCALA_VERSION",
            System.getProperty("scala.binary.version"),
            "SPARK_LOCAL_IP",
            "127.0.0.1",
            "NCCL_DEBUG",
            "WARN"));
  }

  /** Makes a pod. */
  void create(JsonNode pod, String namespace) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("%s/api/v1/namespaces/%s/pods".formatted(url, namespace)))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(pod.toString()))
            .build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(response.body());
    }
  }

  /** Waits until something is made whose kind and name are like that. */
  JsonNode await(String kind, String name) throws Exception {
    String found = server.await("CREATED " + kind + " (" + name + ")$").group(1);
    return JSON.readTree(directory.resolve(kind + "-" + found + ".json").toFile());
  }

  @Override
  public void close() {
    server.close();
  }
}
