package dev.larkspur.benchmark;

import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan;
import dev.larkspur.benchmark.ExchangeReport.StepTimes;
import dev.larkspur.benchmark.ExchangeReport.StepTimes.Load;
import dev.larkspur.benchmark.ExchangeReport.StepTimes.Processor;
import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.DoubleStream;

/** Trains on random tokens: one worker alone, all apart, all together, in turn. */
final class StepRounds {
  private static final double LEARNING_RATE = 1e-4;

  private final ExchangePlan plan;
  private final Engine engine;
  private final Device device;
  private final Collective peers;
  private final int workersInProcess;
  private final TokenBatch batch;
  private final long tokens;

  private final List<Double> alone = new ArrayList<>();
  private final List<Double> apart = new ArrayList<>();
  private final List<Double> overlapped = new ArrayList<>();
  private final List<Double> waited = new ArrayList<>();
  private final List<Double> exchanged = new ArrayList<>();
  private final List<Double> aloneProcessor = new ArrayList<>();
  private final List<Double> overlappedProcessor = new ArrayList<>();
  private long step;

  /**
   * Rounds of one worker.
   *
   * @param workersInProcess how many share this process and its processor time
   */
  StepRounds(
      ExchangePlan plan, Engine engine, Device device, Collective peers, int workersInProcess) {
    this.plan = plan;
    this.engine = engine;
    this.device = device;
    this.peers = peers;
    this.workersInProcess = workersInProcess;
    this.batch = randomBatch(plan.model(), plan.worker().microBatch(), peers.rank());
    this.tokens = batch.tokens() * plan.worker().passes();
  }

  StepTimes measure(int rounds) {
    try (Replica replica =
        engine.replica(plan.model(), device, plan.worker().precision(), AdamW.PAPER)) {
      replica.initialize(1);
      GradientExchange exchange =
          new BucketedExchange(
              peers, replica.gradient(), plan.exchange().wire(), plan.exchange().bucketBytes());
      // The first round warms up.
      round(replica, exchange);
      for (List<Double> times :
          List.of(
              alone, apart, overlapped, waited, exchanged, aloneProcessor, overlappedProcessor)) {
        times.clear();
      }
      for (int round = 0; round < rounds; round++) {
        round(replica, exchange);
      }
      return new StepTimes(
          new Load(peers.worldSize(), tokens, replica.table().length()),
          new Seconds(alone),
          new Seconds(apart),
          new Seconds(overlapped),
          new Seconds(waited),
          new Seconds(exchanged),
          new Processor(new Seconds(aloneProcessor), new Seconds(overlappedProcessor)));
    }
  }

  private void round(Replica replica, GradientExchange exchange) {
    peers.barrier();
    long begin = System.nanoTime();
    long processor = CpuClock.PROCESS.nanos();
    if (peers.rank() == 0) {
      backward(replica, StepRounds::notYet);
      update(replica);
      alone.add(since(begin));
    }
    peers.barrier();
    aloneProcessor.add(processorTime(processor));

    peers.barrier();
    begin = System.nanoTime();
    backward(replica, StepRounds::notYet);
    update(replica);
    peers.barrier();
    apart.add(since(begin));

    begin = System.nanoTime();
    exchange.finish();
    exchanged.add(since(begin));

    peers.barrier();
    processor = CpuClock.PROCESS.nanos();
    begin = System.nanoTime();
    backward(replica, exchange::complete);
    long computed = System.nanoTime();
    exchange.finish();
    double wait = since(computed);
    update(replica);
    peers.barrier();
    overlapped.add(since(begin));
    waited.add(least(wait));
    overlappedProcessor.add(processorTime(processor));
  }

  private void backward(Replica replica, LongConsumer completed) {
    replica.clearGradient();
    for (int pass = 1; pass <= plan.worker().passes(); pass++) {
      replica.accumulate(
          batch, 1.0 / tokens, pass == plan.worker().passes() ? completed : StepRounds::notYet);
    }
  }

  private static void notYet(long offset) {}

  private void update(Replica replica) {
    step++;
    replica.update(LEARNING_RATE, step, Math.min(1, 1 / replica.gradientNorm()));
  }

  /** Of all workers'. */
  private double least(double own) {
    double[] all = new double[peers.worldSize()];
    all[peers.rank()] = own;
    peers.allReduceSum(all);
    return DoubleStream.of(all).min().orElseThrow();
  }

  /** Of all workers' processes. */
  private double processorTime(long begin) {
    double[] seconds = {(CpuClock.PROCESS.nanos() - begin) / 1e9 / workersInProcess};
    peers.allReduceSum(seconds);
    return seconds[0];
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static TokenBatch randomBatch(ModelConfig model, int sequences, long seed) {
    TokenBatch batch = new TokenBatch(sequences, model.context());
    Random random = new Random(seed);
    for (int i = 0; i < batch.ids().length; i++) {
      batch.ids()[i] = random.nextInt(model.vocabulary());
    }
    return batch;
  }
}
