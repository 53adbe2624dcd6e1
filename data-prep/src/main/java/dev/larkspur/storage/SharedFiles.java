package dev.larkspur.storage;

import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Checks that executors see the driver's files. A {@code file:} path is a separate directory on
 * each host, unless a shared file system is mounted there on all of them: the driver would not see
 * what executors write, and executors might read other data.
 */
public final class SharedFiles {
  private static final String LOCAL = "file";
  private static final int MOST_FILES = 100;
  private static final String DESCRIPTION = "spark.job.description";
  private static final String DEPLOY_MODE = "spark.submit.deployMode";

  private SharedFiles() {}

  /** A check of the files that this process sees; returns the problem, or an empty text. */
  @FunctionalInterface
  interface Check extends Serializable {
    String at(Configuration conf);
  }

  private record Seen(String file, long bytes) implements Serializable {
    String missing(Configuration conf) {
      Path path = new Path(file);
      try {
        FileStatus status = PrivateBuffers.fileSystem(path, conf).getFileStatus(path);
        return status.getLen() == bytes ? "" : unseen(file, "it has " + status.getLen() + " bytes");
      } catch (IOException failure) {
        return unseen(file, failure.getMessage());
      }
    }
  }

  /**
   * Checks that executors see a directory that they will write to.
   *
   * @param directory qualified path; created if it does not exist
   * @throws BadInputException if one does not
   */
  public static void requireShared(JavaSparkContext spark, FileSystem files, Path directory)
      throws IOException {
    DriverFile.in(spark, files, directory).close();
  }

  /**
   * Checks that executors see files that they will read, by their lengths.
   *
   * @param files qualified paths; of many, a sample is checked
   * @throws BadInputException if one does not
   */
  public static void requireSeen(JavaSparkContext spark, List<Path> files) throws IOException {
    List<Seen> checked = new ArrayList<>();
    for (Path file : files) {
      if (checked.size() < MOST_FILES && mustBeChecked(spark, file)) {
        FileSystem system = PrivateBuffers.fileSystem(file, spark.hadoopConfiguration());
        checked.add(new Seen(file.toString(), system.getFileStatus(file).getLen()));
      }
    }
    if (!checked.isEmpty()) {
      onExecutors(
          spark,
          conf ->
              checked.stream()
                  .map(file -> file.missing(conf))
                  .filter(missing -> !missing.isEmpty())
                  .findFirst()
                  .orElse(""));
    }
  }

  /**
   * Refuses relative paths where the cluster chooses the directory that the driver starts in, and
   * deletes it afterwards.
   *
   * @param paths from settings
   * @throws BadInputException naming the first relative path
   */
  public static void refuseRelative(JavaSparkContext spark, List<String> paths) throws IOException {
    if (!spark.getConf().get(DEPLOY_MODE, "client").equals("cluster")) {
      return;
    }
    for (String path : paths) {
      String scheme = QualifiedPath.of(path, spark.hadoopConfiguration()).toUri().getScheme();
      if (LOCAL.equals(scheme) && !new Path(path).isAbsolute()) {
        throw unshared(
            path
                + " is a relative path, and the cluster chooses and deletes the directory that the"
                + " driver runs in");
      }
    }
  }

  /** Whether executors may run on other hosts than the files. */
  static boolean mustBeChecked(JavaSparkContext spark, Path path) {
    return LOCAL.equals(path.toUri().getScheme()) && !spark.isLocal();
  }

  /** Runs as many tasks as there are slots, so that every executor runs one. */
  static void onExecutors(JavaSparkContext spark, Check check) {
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    int slots = spark.defaultParallelism();
    List<Integer> tasks = IntStream.range(0, slots).boxed().toList();
    String described = spark.getLocalProperty(DESCRIPTION);
    spark.setJobDescription("checking access to the driver's files");
    try {
      Optional<String> missing =
          spark
              .parallelize(tasks, slots)
              .map(task -> check.at(conf.value().value()))
              .collect()
              .stream()
              .filter(found -> !found.isEmpty())
              .findFirst();
      if (missing.isPresent()) {
        throw unshared(missing.get());
      }
    } finally {
      spark.setJobDescription(described);
      conf.destroy();
    }
  }

  /** A failure because this process does not see the expected content of a directory. */
  public static BadInputException unseenHere(Path directory, String reason) {
    return unshared(unseen(directory.toString(), reason));
  }

  static String unseen(String file, String reason) {
    return "The executor on %s does not see %s of the driver (%s)".formatted(host(), file, reason);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "another host";
    }
  }

  /**
   * A failure because an executor does not see files of the driver: what it wrote beside them would
   * be lost.
   */
  static BadInputException unshared(String what) {
    return new BadInputException(
        what
            + ": name a path that every host reaches, such as hdfs:// or s3a:// or a network file"
            + " system mounted at the same place, or run with --master local[*].");
  }
}
