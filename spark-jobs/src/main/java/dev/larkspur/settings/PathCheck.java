package dev.larkspur.settings;

import dev.larkspur.storage.QualifiedPath;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Refuses paths that no file system could be found for, before anything is started. */
final class PathCheck {
  private static final String LOCAL = "file";

  private final Values values;
  private Configuration hadoop;

  PathCheck(Values values) {
    this.values = values;
  }

  /** Looks at the settings that hold a path or several, as far as they are set and texts. */
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

  /** With the settings that Spark would hand to Hadoop. */
  private Configuration hadoop() {
    if (hadoop == null) {
      // Spark warns of deprecated names each time that they are set.
      SparkConf spark = new SparkConf();
      SparkTree.flatten(values.tree()).forEach((key, value) -> spark.set(key, value, true));
      hadoop = SparkHadoopUtil.get().newConfiguration(spark);
    }
    return hadoop;
  }
}
