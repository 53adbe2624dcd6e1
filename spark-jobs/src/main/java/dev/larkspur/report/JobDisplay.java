package dev.larkspur.report;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Shows Spark jobs by their descriptions: a line for each, and on a terminal the progress of its
 * tasks.
 */
public final class JobDisplay extends SparkListener implements AutoCloseable {
  private final SparkSession session;
  private final Console console;
  private final Map<Integer, Integer> tasks = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> ended = new ConcurrentHashMap<>();
  private String description = "";

  private JobDisplay(SparkSession session, Console console) {
    this.session = session;
    this.console = console;
  }

  /** Shows the session's jobs until it is closed. */
  public static JobDisplay of(SparkSession session, Console console) {
    JobDisplay display = new JobDisplay(session, console);
    session.sparkContext().addSparkListener(display);
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
    session.sparkContext().removeSparkListener(this);
    console.clearStatus();
  }
}
