package dev.larkspur.launch;

import dev.larkspur.run.DirectoryCheck;
import dev.larkspur.run.DirectoryCheck.UnusableDirectoryException;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * Where Spark's driver keeps temporary files. If it cannot, it ends the JVM with its own exit code.
 */
public final class LocalDirectories {
  private static final String ENVIRONMENT = "SPARK_LOCAL_DIRS";
  private static final String SETTING = "spark.local.dir";
  private static final String JAVA = "java.io.tmpdir";

  private LocalDirectories() {}

  /**
   * Checks that at least one of them is writable.
   *
   * @throws UnusableDirectoryException if none is
   */
  public static void check(SparkConf conf, Map<String, String> environment) {
    String setting =
        environment.containsKey(ENVIRONMENT)
            ? ENVIRONMENT
            : conf.contains(SETTING) ? SETTING : JAVA;
    String value =
        environment.getOrDefault(ENVIRONMENT, conf.get(SETTING, System.getProperty(JAVA)));
    UnusableDirectoryException refusal = null;
    for (String directory : List.of(value.split(",", -1))) {
      try {
        DirectoryCheck.requireLocal(setting, directory.strip());
        return;
      } catch (UnusableDirectoryException e) {
        refusal = e;
      }
    }
    throw refusal;
  }
}
