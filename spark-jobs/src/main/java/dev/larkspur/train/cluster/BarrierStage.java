package dev.larkspur.train.cluster;

import dev.larkspur.storage.LarkspurException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * A Spark stage whose tasks all run at the same time, or not at all. Spark has no Java API for it.
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
   * @throws RuntimeException what the first of them to fail threw, not what its peers threw because
   *     of it
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
      // Scala code throws checked exceptions without saying so.
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

  /** A worker failed for a reason outside of this project: its message is that of the cause. */
  public static final class WorkerException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    public WorkerException(String message, Throwable cause) {
      super(message, cause, FAILURE);
    }
  }
}
