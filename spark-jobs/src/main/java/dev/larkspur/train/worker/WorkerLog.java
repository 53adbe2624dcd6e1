package dev.larkspur.train.worker;

import dev.larkspur.engine.Device;
import dev.larkspur.metrics.MetricsSink;
import dev.larkspur.metrics.StepMetrics;
import dev.larkspur.settings.Count;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.spark.SparkEnv;

/**
 * What a worker writes to its executor's log, so that the log of one host tells what has happened
 * there. A worker in the driver's process writes nothing: the command reports it.
 *
 * @param prefix begins each line: the run, and the worker in it
 * @param level at which lines are written
 */
record WorkerLog(String prefix, Level level) {
  /** What Spark calls the process of the driver. */
  private static final String DRIVER = "driver";

  private static final Logger LOG = Logger.getLogger(WorkerLog.class.getName());

  static WorkerLog of(TrainingSpec spec, int rank, int worldSize) {
    SparkEnv spark = SparkEnv.get();
    boolean inDriver = spark == null || spark.executorId().equals(DRIVER);
    return new WorkerLog(
        "run %s, attempt %d, rank %d of %d: "
            .formatted(spec.source().name(), spec.attempt().number(), rank, worldSize),
        inDriver ? Level.OFF : Level.INFO);
  }

  void begins(TrainingSpec spec, Device device) {
    write(
        "on %s, from step %,d of %,d"
            .formatted(
                device.type() == Device.Type.CPU
                    ? "the CPU with " + Count.of(device.threads(), "thread")
                    : "CUDA device " + device.index(),
                spec.startStep(),
                spec.steps()));
  }

  /** A sink that writes lines about steps here too. */
  MetricsSink before(MetricsSink sink) {
    return new MetricsSink() {
      @Override
      public void log(long step, Record line) {
        if (line instanceof StepMetrics steps) {
          steps(steps);
        }
        sink.log(step, line);
      }

      @Override
      public void flush() {
        sink.flush();
      }
    };
  }

  private void steps(StepMetrics line) {
    write(
        "step %,d, loss %.4f, %,.0f tokens/s of all workers"
            .formatted(line.step(), line.loss(), line.tokensPerSecond()));
  }

  void ends(WorkerResult result) {
    write(
        "ends after step %,d: %s"
            .formatted(result.step(), result.ending().name().toLowerCase(Locale.ROOT)));
  }

  void fails(Throwable failure) {
    if (!level.equals(Level.OFF)) {
      LOG.log(Level.WARNING, failure, () -> prefix + "fails");
    }
  }

  private void write(String text) {
    if (!level.equals(Level.OFF)) {
      LOG.log(level, () -> prefix + text);
    }
  }
}
