package dev.larkspur.report;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Shows Spark jobs by their descriptions: a line for each, and on a terminal the progress of its
 * tasks.
 */
public final class JobDisplay extends SparkListener implements AutoCloseable {
  private final SparkContext spark;
  private final Console console;
  private final Map<Integer, Integer> tasks = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ended = new ConcurrentHashMap<>();
  private String description = "";

  private JobDisplay(SparkContext spark, Console console) {
    this.spark = spark;
    this.console = console;
  }

  /** Shows the spark's jobs until it is closed. */
  public static JobDisplay of(SparkContext spark, Console console) {
    JobDisplay display = new JobDisplay(spark, console);
    spark.addSparkListener(display);
    return display;
  }

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    Properties properties = job.properties();
    String name = properties == null ? null : properties.getProperty("spark.job.description");
    if (name != null && !name.equals(description)) {
      description = name;
      console.say("  " + name);
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted stage) {
    tasks.put(stage.stageInfo().stageId(), stage.stageInfo().numTasks());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd task) {
    int done = ended.merge(task.stageId(), 1, Integer::sum);
    console.status(
        "  %s: %d of %d tasks"
            .formatted(description, done, tasks.getOrDefault(task.stageId(), done)));
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
    console.clearStatus();
  }
}
