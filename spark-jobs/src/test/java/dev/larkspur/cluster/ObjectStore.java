package dev.larkspur.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * An S3 server on 127.0.0.1 in a JVM of its own, with one bucket, on a port that the system chose.
 */
public final class ObjectStore implements AutoCloseable {
  /** The bucket. */
  public static final String BUCKET = "larkspur";

  /** A secret that must appear nowhere. */
  public static final String SECRET = "correct-horse-battery-staple";

  private static final Path CLASSPATH = Path.of(System.getProperty("object-store.classpath"));
  private static final String ACCESS_KEY = "larkspur-tests";

  private final Path objects;
  private final List<String> command;
  private final Path settings;
  private Child server;
  private final int port;

  /**
   * Starts it.
   *
   * @param directory where it keeps the objects, as files
   */
  public ObjectStore(Path directory) throws Exception {
    objects = Files.createDirectories(directory.resolve("objects"));
    Files.createDirectories(objects.resolve(BUCKET));
    Path logging =
        Files.writeString(
            directory.resolve("logback.xml"),
            """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger{0} %msg%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="out"/></root>
            </configuration>
            """);
    settings = directory.resolve("s3proxy.properties");
    writeSettings(0);
    command = BuiltJar.javaWithHeap("256m");
    command.addAll(
        List.of(
            "-Dlogback.configurationFile=" + logging,
            "-cp",
            Files.readString(CLASSPATH).strip(),
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString()));
    server = Child.start(command, Map.of());
    try {
      port = awaitPort();
    } catch (Exception failure) {
      server.close();
      throw failure;
    }
  }

  private void writeSettings(int listenOn) throws IOException {
    Files.writeString(
        settings,
        """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(listenOn, ACCESS_KEY, SECRET, objects));
  }

  private int awaitPort() throws InterruptedException {
    return Integer.parseInt(server.await("Started .*\\{127\\.0\\.0\\.1:(\\d+)\\}").group(1));
  }

  /** {@code kill -9}; what it has stored stays. */
  public void stop() throws InterruptedException {
    server.kill();
  }

  /** Starts it again, on the same port. */
  public void start() throws IOException, InterruptedException {
    writeSettings(port);
    server = Child.start(command, Map.of());
    awaitPort();
  }

  /** Its port. */
  public int port() {
    return port;
  }

  /** Where its objects are as files. */
  public Path bucket() {
    return objects.resolve(BUCKET);
  }

  /** The address of a key. */
  public String uri(String key) {
    return "s3a://" + BUCKET + "/" + key;
  }

  /** Settings of Hadoop to reach it, without credentials, which {@link #environment} has. */
  public Map<String, String> settings() {
    return settings(port);
  }

  /** The same through something that listens on another port. */
  public Map<String, String> settings(int throughPort) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("fs.s3a.endpoint", "http://127.0.0.1:" + throughPort);
    settings.put("fs.s3a.endpoint.region", "us-east-1");
    settings.put("fs.s3a.path.style.access", "true");
    settings.put("fs.s3a.connection.ssl.enabled", "false");
    settings.put("fs.s3a.retry.interval", "20ms");
    settings.put("fs.s3a.retry.throttle.interval", "20ms");
    return settings;
  }

  /** The same with credentials, for this JVM. */
  public Configuration configuration(int throughPort) {
    Configuration configuration = new Configuration();
    settings(throughPort).forEach(configuration::set);
    configuration.set("fs.s3a.access.key", ACCESS_KEY);
    configuration.set("fs.s3a.secret.key", SECRET);
    return configuration;
  }

  /** Credentials as Hadoop's default providers find them. */
  public Map<String, String> environment() {
    return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET);
  }

  /** Keys below a prefix, ordered. */
  public List<String> keys(String prefix) throws IOException {
    Path root = bucket().resolve(prefix);
    try (var files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
