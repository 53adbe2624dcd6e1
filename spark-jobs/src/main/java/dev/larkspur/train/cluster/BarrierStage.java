package dev.larkspur.train.cluster;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.corpus.Corpus.UnreachableCorpusException;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.TransientFailures;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.TrainingException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * A Spark stage whose tasks run all at the same time or not at all. Spark has no Java API for it.
 */
public final class BarrierStage {
  private BarrierStage() {}

  /** What each task does. */
  public interface Work<R> extends Serializable {
    /** Runs in a task; what it returns must be serializable. */
    R run(BarrierTaskContext task) throws Exception;
  }

  /**
   * Runs {@code tasks} tasks together.
   *
   * @return their results in the order of their partition
   * @throws RuntimeException the exception of the first task that failed, not those of its peers
   *     that followed from it
   */
  public static <R> List<R> run(JavaSparkContext spark, int tasks, Work<R> work, Class<R> result) {
    List<Integer> partitions = IntStream.range(0, tasks).boxed().toList();
    RDD<Integer> input = spark.parallelize(new ArrayList<>(partitions), tasks).rdd();
    ClassTag<R> tag = ClassTag$.MODULE$.apply(result);
    RDD<R> output = input.barrier().mapPartitions(new Task<>(work), false, tag);
    String job = UUID.randomUUID().toString();
    StageFailures failures = new StageFailures(job);
    spark.sc().addSparkListener(failures);
    spark.setLocalProperty(StageFailures.property(), job);
    try {
      return Arrays.stream(array(output.collect())).map(result::cast).toList();
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception e) {
      Throwable cause = failures.cause().orElse(e);
      throw cause instanceof RuntimeException unchecked
          ? unchecked
          : new WorkerException("the workers failed: " + cause.getMessage(), cause);
    } finally {
      spark.setLocalProperty(StageFailures.property(), null);
      spark.sc().removeSparkListener(failures);
    }
  }

  private static Object[] array(Object collected) {
    return (Object[]) collected;
  }

  private static final class Task<R> extends AbstractFunction1<Iterator<Integer>, Iterator<R>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Work<R> work;

    Task(Work<R> work) {
      this.work = work;
    }

    @Override
    public Iterator<R> apply(Iterator<Integer> partition) {
      try {
        R result = work.run(BarrierTaskContext.get());
        return JavaConverters.asScalaIteratorConverter(List.of(result).iterator()).asScala();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new WorkerException(e.toString(), e);
      }
    }
  }

  /** A worker failed for a reason outside this project; the message is the cause's. */
  public static final class WorkerException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    public WorkerException(String message, Throwable cause) {
      super(message, cause, FAILURE);
    }
  }

  /**
   * Why the tasks of one barrier job failed. When one worker fails, the others then fail because
   * they have lost a peer, and Spark reports whichever failure arrives first. This class collects
   * them all to find the original one.
   */
  private static final class StageFailures extends SparkListener {
    private static final String JOB = "larkspur.barrier.job";

    /** Bounds the wait, because a worker that hangs never ends. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String job;
    private final Set<Object> stages = new HashSet<>();
    private final List<Throwable> failures = new ArrayList<>();
    private int jobId = -1;
    private boolean jobEnded;
    private int running;

    /**
     * Watches a job.
     *
     * @param job value of the local property {@link #property} under which it is submitted
     */
    StageFailures(String job) {
      this.job = job;
    }

    /** The local property that marks the job. */
    static String property() {
      return JOB;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
      Properties properties = start.properties();
      if (properties != null && job.equals(properties.getProperty(JOB))) {
        jobId = start.jobId();
        scala.collection.Iterator<Object> ids = start.stageIds().iterator();
        while (ids.hasNext()) {
          stages.add(ids.next());
        }
      }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
      if (stages.contains(start.stageId())) {
        running++;
      }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      if (!stages.contains(end.stageId())) {
        return;
      }
      if (end.reason() instanceof ExceptionFailure failure && failure.exception().isDefined()) {
        failures.add(failure.exception().get());
      }
      running--;
      notifyAll();
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
      if (end.jobId() == jobId) {
        jobEnded = true;
        notifyAll();
      }
    }

    /**
     * Waits until every task has ended, for at most a few seconds, and returns the original
     * failure: not the loss of a peer, if there is any other.
     */
    synchronized Optional<Throwable> cause() {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      try {
        for (long left = PATIENCE.toNanos();
            left > 0 && !(jobEnded && running == 0);
            left = deadline - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return failures.stream()
          .filter(failure -> Failures.find(failure, PeerLostException.class).isEmpty())
          .findFirst()
          .or(() -> failures.stream().findFirst());
    }
  }

  /** Distinguishes failures that may pass from those that another attempt would repeat. */
  public static final class Failures {
    private static final String NO_SPACE = "No space left on device";

    /** Wrong settings, damaged input or a machine that computes wrongly fail again next time. */
    private static final List<Class<? extends RuntimeException>> LASTING =
        List.of(
            BadInputException.class,
            TryAgainException.class,
            SafetensorsException.class,
            TrainingException.class);

    private Failures() {}

    /** Whether another attempt would fail in the same way. */
    public static boolean isLasting(Throwable failure) {
      return ExceptionUtils.getThrowableList(failure).stream().noneMatch(Failures::mayPass)
          && ExceptionUtils.getThrowableList(failure).stream()
              .anyMatch(
                  cause ->
                      LASTING.stream().anyMatch(type -> type.isInstance(cause))
                          || String.valueOf(cause.getMessage()).contains(NO_SPACE));
    }

    /** A corpus that is unreachable temporarily, or from one host, is not damaged. */
    private static boolean mayPass(Throwable cause) {
      return TransientFailures.isTransient(cause) || cause instanceof UnreachableCorpusException;
    }

    /** The outermost cause of a type. */
    public static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
      return ExceptionUtils.getThrowableList(failure).stream()
          .filter(type::isInstance)
          .map(type::cast)
          .findFirst();
    }
  }
}
