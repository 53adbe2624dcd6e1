package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Replica;
import dev.larkspur.strategy.RoundPlan;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.strategy.dl4j.ExecutorReplica.Measured;
import dev.larkspur.tensor.FlatVector;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.AdaptiveThresholdAlgorithm;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.repartitioner.NoOpRepartitioner;
import org.deeplearning4j.spark.parameterserver.training.SharedTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.parameterserver.distributed.conf.VoidConfiguration;
import org.nd4j.parameterserver.distributed.v2.ModelParameterServer;
import org.nd4j.parameterserver.distributed.v2.enums.MeshBuildMode;
import scala.collection.JavaConverters;

/**
 * Rounds of a {@link SharedTrainingMaster}. One master serves all rounds, because the transport in
 * an executor starts only once and a second master would find no replicas. Replicas therefore keep
 * their state between rounds, and the driver's model adds all updates.
 */
final class SharedTrainer implements RoundTrainer {
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private final JavaSparkContext spark;
  private final RoundPlan plan;
  private final TokenSource tokens;
  private final GraphModel model;
  private final SharedTrainingMaster master;
  private final SparkComputationGraph graph;
  private final SortedSet<String> executors;
  private boolean running;
  private boolean closed;

  private SharedTrainer(
      JavaSparkContext spark,
      RoundPlan plan,
      TokenSource tokens,
      Replica initial,
      SortedSet<String> executors) {
    this.spark = spark;
    this.executors = executors;
    this.plan = plan;
    this.tokens = tokens;
    // SharedTrainingMaster sets the training mode of each replica to ENABLED. With another
    // inference mode the first step fails: "encode_bitmap ... leaked workspace pointer".
    // DL4J sums the updates of all replicas, so the rate is divided by their number.
    this.model = GraphModel.of(plan, 1.0 / plan.replicas().count(), WorkspaceMode.ENABLED, initial);
    this.master = master(spark, plan);
    this.graph = new SparkComputationGraph(spark, model.graph(), master);
    graph.setListeners(List.of(new ExecutorReplica.Losses()));
  }

  /**
   * Checks the executors, and starts nothing on them yet.
   *
   * @throws EngineException if an executor does not fit, or this process has had such a training
   */
  static SharedTrainer start(RoundPlan plan, TokenSource tokens, Replica initial) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(SparkContext.getOrCreate());
    SortedSet<String> executors =
        new ExecutorCheck(spark, plan.replicas().count(), plan.replicas().threads()).requireFit();
    if (STARTED.getAndSet(true)) {
      throw new EngineException(
          "SharedTrainingMaster starts once in a process, and a second one would find no replicas: start the same command again, which resumes from the newest checkpoint");
    }
    return new SharedTrainer(spark, plan, tokens, initial, executors);
  }

  private static SharedTrainingMaster master(JavaSparkContext spark, RoundPlan plan) {
    DriverNetwork driver = DriverNetwork.of(spark);
    VoidConfiguration network =
        VoidConfiguration.builder()
            // With one port for all, the first round would not change the model.
            .portSupplier(new OwnPort())
            .controllerAddress(driver.address())
            .networkMask(driver.mask())
            .meshBuildMode(MeshBuildMode.PLAIN)
            .build();
    int sequences = plan.replicas().sequences();
    // An RDD element must hold the examples of one step; otherwise DL4J merges elements.
    return new SharedTrainingMaster.Builder(network, sequences)
        .batchSizePerWorker(sequences)
        // Two or more would use ParallelWrapper, which has its own workspaces.
        .workersPerNode(1)
        .thresholdAlgorithm(new AdaptiveThresholdAlgorithm(plan.exchange().threshold()))
        // The alternative, Export, writes files first.
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        // The default hangs in its first job.
        .repartitioner(new NoOpRepartitioner())
        .collectTrainingStats(false)
        .build();
  }

  @Override
  public RoundResult train(long firstStep, int steps) {
    begin();
    try {
      fit(firstStep, steps);
      return measure();
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception e) {
      SortedSet<String> lost = new TreeSet<>(executors);
      lost.removeAll(JavaConverters.seqAsJavaListConverter(spark.sc().getExecutorIds()).asJava());
      if (!lost.isEmpty()) {
        throw new EngineException("executors %s were lost".formatted(lost), e);
      }
      throw e;
    } finally {
      end();
    }
  }

  private void fit(long firstStep, int steps) {
    int replicas = plan.replicas().count();
    TokenSource source = tokens;
    // One partition for each executor, so that each task is a replica.
    JavaRDD<DataSet> data =
        spark
            .parallelize(IntStream.range(0, replicas).boxed().toList(), replicas)
            .flatMap(replica -> RoundBatches.ofReplica(source, replica, firstStep, steps));
    try {
      graph.fit(data);
    } finally {
      data.unpersist(false);
    }
  }

  private synchronized void begin() {
    running = true;
  }

  /** Frees what {@link #close} could not free during the round. */
  private synchronized void end() {
    running = false;
    if (closed) {
      free();
    }
  }

  /** Measures the replicas, with a task on every executor. */
  private RoundResult measure() {
    float[] values = model.graph().params().toFloatVector();
    Broadcast<float[]> parameters = spark.broadcast(values);
    try {
      List<Measured> replicas =
          ExecutorCheck.onEachExecutor(
              spark, plan.replicas().count(), () -> ExecutorReplica.measure(parameters.value()));
      requireSameExecutors(
          replicas.stream().map(Measured::executor).collect(Collectors.toCollection(TreeSet::new)));
      double losses = replicas.stream().mapToDouble(Measured::lossSum).sum();
      long iterations = replicas.stream().mapToLong(Measured::iterations).sum();
      return new RoundResult(
          losses / iterations,
          replicas.stream().mapToDouble(Measured::distance).max().orElse(Double.NaN));
    } finally {
      parameters.destroy();
    }
  }

  /** Spark replaces a lost executor, whose replica and residual DL4J does not restore. */
  private void requireSameExecutors(SortedSet<String> now) {
    if (!executors.equals(now)) {
      throw new EngineException(
          "replicas were in the executors %s and are in %s: Spark has replaced a lost executor"
              .formatted(executors, now));
    }
  }

  /** The driver's model changes with every update that arrives. */
  @Override
  public long progress() {
    return Double.doubleToLongBits(model.graph().params().sumNumber().doubleValue());
  }

  @Override
  public FlatVector parameters() {
    return model.parameters();
  }

  @Override
  public Map<String, FlatVector> optimizerState() {
    return model.optimizerState();
  }

  /** Cancels the jobs of a round that hangs; its memory is freed when the round ends. */
  @Override
  public synchronized void close() {
    closed = true;
    if (running) {
      spark.cancelAllJobs();
    } else {
      free();
    }
  }

  private void free() {
    try {
      master.deleteTempFiles(spark);
    } finally {
      // Its threads add updates to the model.
      ModelParameterServer.getInstance().shutdown();
      model.close();
    }
  }
}
