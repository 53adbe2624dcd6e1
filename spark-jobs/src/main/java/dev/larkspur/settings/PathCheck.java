package dev.larkspur.settings;

import dev.larkspur.storage.QualifiedPath;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Refuses paths whose file system cannot be found, before anything starts. */
final class PathCheck {
  private static final String LOCAL = "file";

  private final Values values;
  private Configuration hadoop;

  PathCheck(Values values) {
    this.values = values;
  }

  /** Checks the settings that hold paths; skips those that are not set or not text. */
  void check(List<String> keys) {
    for (String key : keys) {
      if (values.present(key) && !values.refused(key)) {
        values.texts(key).orElse(List.of()).forEach(path -> check(key, path));
      }
    }
  }

  private void check(String key, String path) {
    String scheme;
    try {
      scheme = QualifiedPath.given(path).toUri().getScheme();
    } catch (IllegalArgumentException noPath) {
      values.refuse(key, "is not a path: " + noPath.getMessage(), "correct the path");
      return;
    }
    if (scheme != null && !scheme.equals(LOCAL) && !known(scheme)) {
      values.refuse(
          key,
          "there is no file system for " + scheme + "://",
          "correct the path, or put the file system's jar on the class path and its class into"
              + " spark.hadoop.fs."
              + scheme
              + ".impl");
    }
  }

  private boolean known(String scheme) {
    try {
      FileSystem.getFileSystemClass(scheme, hadoop());
      return true;
    } catch (IOException | RuntimeException none) {
      return false;
    }
  }

  /** A configuration with the properties that Spark passes to Hadoop. */
  private Configuration hadoop() {
    if (hadoop == null) {
      // Spark logs a warning each time a deprecated name is set.
      SparkConf spark = new SparkConf();
      SparkTree.flatten(values.tree()).forEach((key, value) -> spark.set(key, value, true));
      hadoop = SparkHadoopUtil.get().newConfiguration(spark);
    }
    return hadoop;
  }
}
