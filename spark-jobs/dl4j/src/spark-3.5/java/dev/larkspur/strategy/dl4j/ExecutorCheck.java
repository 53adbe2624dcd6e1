package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Engines;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.nd4j.parameterserver.distributed.util.NetworkOrganizer;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * Checks requirements on executors that {@code SharedTrainingMaster} does not check.
 *
 * @param replicas number of replicas, one for each executor
 * @param threads threads of each replica
 */
record ExecutorCheck(JavaSparkContext spark, int replicas, int threads) {
  /** Packages that Aeron reads by reflection; Spark opens them for its executors. */
  private static final List<String> OPENED = List.of("sun.nio.ch", "java.nio", "java.util");

  /** Aeron rejects its default with the longer timeouts of DL4J. */
  private static final String UNBLOCK_TIMEOUT = "aeron.publication.unblock.timeout";

  /** A task on one executor. */
  @FunctionalInterface
  interface Task<T> extends Serializable {
    T run();
  }

  /**
   * The state of an executor.
   *
   * @param id Spark's name for it
   * @param problem empty if it fits
   */
  record Executor(String id, String problem) implements Serializable {}

  /**
   * Sets what each process needs, and refuses executors that would hang.
   *
   * @return Spark's names for the executors
   * @throws EngineException naming what is wrong
   */
  SortedSet<String> requireFit() {
    SparkConf conf = spark.getConf();
    if (conf.getTimeAsMs("spark.locality.wait", "3s") != 0) {
      throw new EngineException(
          "spark.locality.wait is not 0: one executor may get the data of another. Set spark.locality.wait = 0 before Spark starts");
    }
    String mask = DriverNetwork.of(spark).mask();
    prepare();
    int each = threads;
    List<Executor> executors = onEachExecutor(spark, replicas, () -> look(mask, each));
    executors.stream()
        .filter(executor -> !executor.problem().isEmpty())
        .findFirst()
        .ifPresent(
            executor -> {
              throw new EngineException(
                  "executor %s: %s".formatted(executor.id(), executor.problem()));
            });
    SortedSet<String> distinct =
        executors.stream().map(Executor::id).collect(Collectors.toCollection(TreeSet::new));
    if (distinct.size() != replicas) {
      throw new EngineException(
          "training.workers = %d are on %d executors, and each executor has one replica: give executors one task slot each (spark.task.cpus = spark.executor.cores), and start as many as training.workers"
              .formatted(replicas, distinct.size()));
    }
    return distinct;
  }

  private static Executor look(String mask, int threads) {
    prepare();
    // Allocating for a device sets the threads of the libraries in this process.
    Engines.named("dl4j").vector(1, Device.cpu(threads));
    List<String> closed =
        OPENED.stream()
            .filter(name -> !Object.class.getModule().isOpen(name, ExecutorCheck.class.getModule()))
            .toList();
    String problem = "";
    if (!closed.isEmpty()) {
      problem =
          "its JVM does not open %s, which Aeron needs: add --add-opens=java.base/%s=ALL-UNNAMED to spark.executor.extraJavaOptions"
              .formatted(String.join(", ", closed), closed.get(0));
    } else {
      try {
        new NetworkOrganizer(mask).getMatchingAddress();
      } catch (RuntimeException e) {
        problem =
            "it has no IPv4 address in the driver's network %s: start driver and executors in one network"
                .formatted(mask);
      }
    }
    return new Executor(SparkEnv.get().executorId(), problem);
  }

  private static void prepare() {
    if (System.getProperty(UNBLOCK_TIMEOUT) == null) {
      System.setProperty(UNBLOCK_TIMEOUT, "60s");
    }
  }

  /** Runs a task on all executors at the same time, so that each gets one. */
  static <T> List<T> onEachExecutor(JavaSparkContext spark, int executors, Task<T> task) {
    List<Integer> partitions = new ArrayList<>(IntStream.range(0, executors).boxed().toList());
    ClassTag<Object> tag = ClassTag$.MODULE$.apply(Object.class);
    RDD<Object> results =
        spark
            .parallelize(partitions, executors)
            .rdd()
            .barrier()
            .mapPartitions(new OnPartition<>(task), false, tag);
    List<T> collected = new ArrayList<>();
    for (Object result : (Object[]) results.collect()) {
      @SuppressWarnings("unchecked")
      T own = (T) result;
      collected.add(own);
    }
    return collected;
  }

  private static final class OnPartition<T>
      extends AbstractFunction1<Iterator<Integer>, Iterator<Object>> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Task<T> task;

    OnPartition(Task<T> task) {
      this.task = task;
    }

    @Override
    public Iterator<Object> apply(Iterator<Integer> partition) {
      List<Object> result = List.of(task.run());
      return JavaConverters.asScalaIteratorConverter(result.iterator()).asScala();
    }
  }
}
