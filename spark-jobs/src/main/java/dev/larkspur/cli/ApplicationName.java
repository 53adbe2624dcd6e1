package dev.larkspur.cli;

import com.typesafe.config.Config;
import dev.larkspur.settings.Settings;
import java.util.List;
import org.apache.spark.SparkConf;

/** What Spark, cluster managers and the history server call a command. */
final class ApplicationName {
  private static final String NAME = "spark.app.name";

  private ApplicationName() {}

  /**
   * The command and what it works on: the run's name, or the last part of the path that it writes.
   *
   * @param command such as {@code larkspur train}
   */
  static String of(String command, Settings settings) {
    Config all = settings.resolved();
    List<String> keys =
        switch (command) {
          case "larkspur prepare", "larkspur prepare --dry-run" -> List.of("data.corpus");
          case "larkspur train-tokenizer" -> List.of("tokenizer.out");
          default -> List.of("run.name", "run.dir");
        };
    return keys.stream()
        .filter(all::hasPath)
        .findFirst()
        .map(key -> command + " " + lastPart(all.getString(key)))
        .orElse(command);
  }

  /**
   * The same for a command that reads a run.
   *
   * @param dir of the run
   */
  static String ofRun(String command, String dir) {
    return command + " " + lastPart(dir);
  }

  private static String lastPart(String path) {
    return path.replaceAll("/+$", "").replaceAll(".*/", "");
  }

  /** Whether somebody has named the application; spark-submit itself names it by its class. */
  static boolean isGiven(SparkConf conf) {
    return !conf.get(NAME, Larkspur.class.getName()).equals(Larkspur.class.getName());
  }
}
