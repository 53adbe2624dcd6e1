package dev.larkspur.benchmark;

import dev.larkspur.benchmark.ExchangeReport.Bandwidth;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.compression.ThresholdCodec;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.settings.ExchangeSettings;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.train.cluster.BarrierStage;
import dev.larkspur.train.cluster.Devices;
import dev.larkspur.train.cluster.WorkerRendezvous;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures the gradient exchange between workers as in training: the workers are tasks of a barrier
 * stage, wherever Spark places them. Measurements alternate, so that other load on the machine
 * affects all of them alike.
 */
public final class ExchangeBenchmark implements BarrierStage.Work<ExchangeReport> {
  private static final long serialVersionUID = 1L;

  private final ExchangePlan plan;

  private ExchangeBenchmark(ExchangePlan plan) {
    this.plan = plan;
  }

  /** Runs the benchmark and returns the measurements of worker 0. */
  public static ExchangeReport run(JavaSparkContext spark, ExchangePlan plan) {
    return BarrierStage.run(
            spark, plan.workers(), new ExchangeBenchmark(plan), ExchangeReport.class)
        .get(0);
  }

  private static int workersInProcess(BarrierTaskContext task) {
    String own = ManagementFactory.getRuntimeMXBean().getName();
    return Collections.frequency(List.of(task.allGather(own)), own);
  }

  @Override
  public ExchangeReport run(BarrierTaskContext task) throws IOException {
    Engine engine = Engines.named(plan.worker().engine());
    Device device = Devices.ofTask(task, plan.worker().device(), engine, plan.worker().threads());
    // Before the engine, which sets the threads that libraries share.
    ThresholdCodec codec =
        plan.compression() == null ? null : ThresholdCodecs.load(plan.worker().threads());
    Rendezvous rendezvous = WorkerRendezvous.of(task, plan.exchange());
    try (Collective peers = engine.join(rendezvous, device);
        SocketRing ring =
            SocketRing.connect(
                peers.rank(), rendezvous.host(), own -> List.of(task.allGather(own)))) {
      List<Bandwidth> bandwidths =
          new BandwidthRounds(engine, device, peers, ring).measure(plan.sizes(), plan.rounds());
      return new ExchangeReport(
          bandwidths,
          new StepRounds(plan, engine, device, peers, workersInProcess(task))
              .measure(plan.rounds()),
          codec == null
              ? null
              : new CompressionRounds(plan, codec, engine, device, peers).measure());
    }
  }

  /** All-reduces vectors, and copies as many bytes over plain sockets, in turn. */
  private static final class BandwidthRounds {
    private final Engine engine;
    private final Device device;
    private final Collective peers;
    private final SocketRing ring;

    BandwidthRounds(Engine engine, Device device, Collective peers, SocketRing ring) {
      this.engine = engine;
      this.device = device;
      this.peers = peers;
      this.ring = ring;
    }

    List<Bandwidth> measure(List<Long> sizes, int rounds) throws IOException {
      List<Bandwidth> bandwidths = new ArrayList<>();
      for (long bytes : sizes) {
        bandwidths.add(measure(bytes / Float.BYTES, rounds));
      }
      return bandwidths;
    }

    private Bandwidth measure(long values, int rounds) throws IOException {
      FlatVector vector = engine.vector(values, device);
      long wireBytes = 2L * (peers.worldSize() - 1) * values * Float.BYTES / peers.worldSize();
      ByteBuffer sent = ByteBuffer.allocateDirect(Math.toIntExact(wireBytes));
      ByteBuffer received = ByteBuffer.allocateDirect(Math.toIntExact(wireBytes));
      List<Double> fp32 = new ArrayList<>();
      List<Double> bf16 = new ArrayList<>();
      List<Double> socket = new ArrayList<>();
      // The first round warms up.
      for (int round = 0; round <= rounds; round++) {
        double ofFp32 = sum(vector, WireDtype.FP32);
        double ofBf16 = sum(vector, WireDtype.BF16);
        double ofSocket = copy(sent, received);
        if (round > 0) {
          fp32.add(ofFp32);
          bf16.add(ofBf16);
          socket.add(ofSocket);
        }
      }
      return new Bandwidth(
          values, wireBytes, new Seconds(fp32), new Seconds(bf16), new Seconds(socket));
    }

    private double sum(FlatVector vector, WireDtype wire) {
      peers.barrier();
      long begin = System.nanoTime();
      peers.startSum(vector, wire).await();
      return (System.nanoTime() - begin) / 1e9;
    }

    private double copy(ByteBuffer sent, ByteBuffer received) throws IOException {
      peers.barrier();
      long begin = System.nanoTime();
      ring.copy(sent, received);
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  /**
   * What an {@link ExchangeBenchmark} measures.
   *
   * @param workers number of tasks
   * @param rounds how often each measurement is repeated
   * @param sizes bytes of the vectors to all-reduce, in fp32
   * @param model to train
   * @param worker what each worker computes
   * @param exchange settings of rendezvous and exchange
   * @param compression how the compressed exchange is measured; null: not at all
   */
  public record ExchangePlan(
      int workers,
      int rounds,
      List<Long> sizes,
      ModelConfig model,
      Worker worker,
      ExchangeSettings exchange,
      CompressionPlan compression)
      implements Serializable {
    /** Copies the list. */
    public ExchangePlan {
      sizes = new ArrayList<>(sizes);
    }

    /**
     * What is measured of the compressed exchange.
     *
     * @param schedule steps to train, and their learning rates
     * @param gradientClip highest norm of a gradient
     * @param megabits bandwidths to simulate, in Mbit/s, lowest first
     * @param rounds how often a step is measured at each
     */
    public record CompressionPlan(
        LearningRateSchedule schedule, double gradientClip, List<Double> megabits, int rounds)
        implements Serializable {
      /** Copies and sorts the list. */
      public CompressionPlan {
        megabits = new ArrayList<>(megabits.stream().sorted().toList());
      }
    }

    /**
     * What each worker computes.
     *
     * @param engine name of the engine
     * @param device to compute on
     * @param threads of a worker on a CPU
     * @param precision the arithmetic
     * @param microBatch sequences of one pass
     * @param passes micro-batches of one step
     */
    public record Worker(
        String engine,
        DeviceChoice device,
        int threads,
        Precision precision,
        int microBatch,
        int passes)
        implements Serializable {}
  }
}
