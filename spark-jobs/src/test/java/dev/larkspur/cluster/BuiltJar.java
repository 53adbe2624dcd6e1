package dev.larkspur.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the package phase has built, and how to start Java on it. */
public final class BuiltJar {
  private static final Path JAR = Path.of(System.getProperty("larkspur.jar"));
  private static final String DL4J_JAR = System.getProperty("larkspur-dl4j.jar", "");
  private static final Path SPARK_CLASSPATH = Path.of(System.getProperty("spark.classpath"));

  private BuiltJar() {}

  /** The assembled jar. */
  public static Path jar() {
    return JAR;
  }

  /** The add-on jar with the engine dl4j; empty if that is among the jars of the build anyway. */
  public static Optional<Path> dl4jJar() {
    return Optional.of(DL4J_JAR).filter(jar -> !jar.isEmpty()).map(Path::of);
  }

  /** The jars that an installed Spark would bring. */
  public static List<Path> sparkJars() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String file : Files.readString(SPARK_CLASSPATH).strip().split(":", -1)) {
      // For one test, the modules that have no jar are among them.
      if (file.endsWith(".jar")) {
        jars.add(Path.of(file));
      }
    }
    return jars;
  }

  /** Makes a Spark home of links to these jars, with a spark-submit for cluster mode. */
  static Path sparkHome(Path directory) throws IOException {
    Path home = directory.resolve("spark-home");
    Path jars = Files.createDirectories(home.resolve("jars"));
    Files.writeString(home.resolve("RELEASE"), "Spark, from the jars of the build\n");
    for (Path jar : sparkJars()) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    Path submit = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(
        submit,
        """
        #!/bin/sh
        exec %s $SPARK_SUBMIT_OPTS -cp "${HADOOP_CONF_DIR:+$HADOOP_CONF_DIR:}$SPARK_HOME/jars/*" \\
          org.apache.spark.deploy.SparkSubmit "$@"
        """
            .formatted(String.join(" ", javaWithHeap("512m"))));
    Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwx------"));
    return home;
  }

  /** {@code java} with a heap as in {@code -Xmx}. */
  static List<String> javaWithHeap(String size) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + size);
    command.addAll(shortLived());
    return command;
  }

  /** The same with the options that the launcher sets, and this class path. */
  public static List<String> java(String classPath) {
    List<String> command = javaWithHeap("1g");
    command.addAll(List.of(System.getProperty("spark.jvm.arguments").strip().split("\\s+", -1)));
    command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    command.add("-Dorg.bytedeco.javacpp.maxbytes=0");
    command.add("-cp");
    command.add(classPath);
    return command;
  }

  /**
   * Options of every JVM that a test starts: a quick start, and what it leaves when it is killed
   * below the build's directory.
   */
  static List<String> shortLived() {
    List<String> options = new ArrayList<>();
    options.addAll(List.of(System.getProperty("test.jvm.arguments").split(" ", -1)));
    options.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    return options;
  }

  /** The command line of Larkspur with embedded Spark, as the launcher starts it. */
  public static List<String> larkspur(String... arguments) throws IOException {
    String addOn = dl4jJar().map(jar -> ":" + jar).orElse("");
    List<String> command = java(JAR + addOn + ":" + Files.readString(SPARK_CLASSPATH).strip());
    command.add("dev.larkspur.cli.Larkspur");
    command.addAll(List.of(arguments));
    return command;
  }
}
