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
import java.util.stream.DoubleStream;

/**
 * Measures training steps on random tokens, in turn: one worker alone, all without an exchange, all
 * with it.
 */
final class StepRounds {
  private final ExchangePlan plan;
  private final Engine engine;
  private final Device device;
  private final Collective peers;
  private final int workersInProcess;

  private final List<Double> alone = new ArrayList<>();
  private final List<Double> apart = new ArrayList<>();
  private final List<Double> overlapped = new ArrayList<>();
  private final List<Double> waited = new ArrayList<>();
  private final List<Double> exchanged = new ArrayList<>();
  private final List<Double> aloneProcessor = new ArrayList<>();
  private final List<Double> overlappedProcessor = new ArrayList<>();

  /**
   * Rounds of one worker.
   *
   * @param workersInProcess workers that share this process and its processor time
   */
  StepRounds(
      ExchangePlan plan, Engine engine, Device device, Collective peers, int workersInProcess) {
    this.plan = plan;
    this.engine = engine;
    this.device = device;
    this.peers = peers;
    this.workersInProcess = workersInProcess;
  }

  StepTimes measure(int rounds) {
    try (Replica replica =
            engine.replica(plan.model(), device, plan.worker().precision(), AdamW.PAPER);
        GradientExchange exchange =
            new BucketedExchange(
                peers,
                replica.gradient(),
                plan.exchange().wire(),
                plan.exchange().bucketBytes(),
                replica.table().parameters().get(0).size())) {
      ModelConfig model = plan.model();
      TrainingStep step =
          new TrainingStep(
              replica,
              model.vocabulary(),
              new TokenBatch(plan.worker().microBatch(), model.context()),
              plan.worker().passes(),
              peers.rank());
      // The first round warms up.
      round(step, exchange);
      for (List<Double> times :
          List.of(
              alone, apart, overlapped, waited, exchanged, aloneProcessor, overlappedProcessor)) {
        times.clear();
      }
      for (int round = 0; round < rounds; round++) {
        round(step, exchange);
      }
      return new StepTimes(
          new Load(peers.worldSize(), step.tokens(), replica.table().length()),
          new Seconds(alone),
          new Seconds(apart),
          new Seconds(overlapped),
          new Seconds(waited),
          new Seconds(exchanged),
          new Processor(new Seconds(aloneProcessor), new Seconds(overlappedProcessor)));
    }
  }

  private void round(TrainingStep step, GradientExchange exchange) {
    peers.barrier();
    long begin = System.nanoTime();
    long processor = CpuClock.PROCESS.nanos();
    if (peers.rank() == 0) {
      step.backward(StepRounds::notYet);
      step.update();
      alone.add(since(begin));
    }
    peers.barrier();
    aloneProcessor.add(processorTime(processor));

    peers.barrier();
    begin = System.nanoTime();
    step.backward(StepRounds::notYet);
    step.update();
    peers.barrier();
    apart.add(since(begin));

    begin = System.nanoTime();
    exchange.finish();
    exchanged.add(since(begin));

    peers.barrier();
    processor = CpuClock.PROCESS.nanos();
    begin = System.nanoTime();
    step.backward(exchange);
    long computed = System.nanoTime();
    exchange.finish();
    double wait = since(computed);
    step.update();
    peers.barrier();
    overlapped.add(since(begin));
    waited.add(least(wait));
    overlappedProcessor.add(processorTime(processor));
  }

  private static void notYet(long offset) {}

  /** The least value of all workers. */
  private double least(double own) {
    double[] all = new double[peers.worldSize()];
    all[peers.rank()] = own;
    peers.allReduceSum(all);
    return DoubleStream.of(all).min().orElseThrow();
  }

  /** Processor time of the processes of all workers since {@code begin}. */
  private double processorTime(long begin) {
    double[] seconds = {(CpuClock.PROCESS.nanos() - begin) / 1e9 / workersInProcess};
    peers.allReduceSum(seconds);
    return seconds[0];
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
