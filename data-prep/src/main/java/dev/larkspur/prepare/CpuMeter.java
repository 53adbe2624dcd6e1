package dev.larkspur.prepare;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Adds up the processor time of all tasks, wherever they run, until it is read. */
final class CpuMeter extends SparkListener {
  private static final String LAST = "larkspur.last-job";
  private static final int NONE = -1;
  private static final double NANOS = 1e9;

  private final JavaSparkContext context;
  private final CountDownLatch told = new CountDownLatch(1);
  private long nanos;
  private int lastJob = NONE;

  private CpuMeter(JavaSparkContext context) {
    this.context = context;
  }

  static CpuMeter start(JavaSparkContext context) {
    CpuMeter meter = new CpuMeter(context);
    context.sc().addSparkListener(meter);
    return meter;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) {
      nanos +=
          task.taskMetrics().executorCpuTime() + task.taskMetrics().executorDeserializeCpuTime();
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    if (job.properties() != null
        && Objects.equals(job.properties().getProperty(LAST), toString())) {
      lastJob = job.jobId();
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    if (job.jobId() == lastJob) {
      told.countDown();
    }
  }

  /** Ends the measurement. Events come in their order: those of a last, empty job are the end. */
  double seconds() throws InterruptedException {
    context.setLocalProperty(LAST, toString());
    context.parallelize(List.of(0), 1).count();
    context.setLocalProperty(LAST, null);
    told.await();
    context.sc().removeSparkListener(this);
    synchronized (this) {
      return nanos / NANOS;
    }
  }
}
