package dev.larkspur.benchmark;

import dev.larkspur.benchmark.CompressionReport.StepTime;
import dev.larkspur.benchmark.CompressionReport.Trained;
import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan;
import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan.CompressionPlan;
import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.collective.compression.CompressedExchange;
import dev.larkspur.collective.compression.CompressedExchange.Vectors;
import dev.larkspur.collective.compression.ThresholdCodec;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.optim.AdamW;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Trains two replicas on the same tokens, one with the exact and one with the compressed exchange,
 * and then measures steps of both in turn at each simulated bandwidth.
 */
final class CompressionRounds {
  private final ExchangePlan plan;
  private final CompressionPlan compression;
  private final Engine engine;
  private final Device device;
  private final Collective peers;
  private final ThresholdCodec codec;

  CompressionRounds(
      ExchangePlan plan, ThresholdCodec codec, Engine engine, Device device, Collective peers) {
    this.plan = plan;
    this.compression = plan.compression();
    this.codec = codec;
    this.engine = engine;
    this.device = device;
    this.peers = peers;
  }

  CompressionReport measure() {
    try (Training exact = new Training(Exchange.EXACT);
        Training compressed = new Training(Exchange.COMPRESSED)) {
      Trained ofExact = exact.train();
      Trained ofCompressed = compressed.train();
      double threshold = compressed.exchange.scalars().get("threshold");
      List<StepTime> times = new ArrayList<>();
      for (double megabits : compression.megabits()) {
        List<Double> exactSeconds = new ArrayList<>();
        List<Double> compressedSeconds = new ArrayList<>();
        for (int round = 0; round < compression.rounds(); round++) {
          exactSeconds.add(exact.timedStep(megabits));
          compressedSeconds.add(compressed.timedStep(megabits));
        }
        times.add(
            new StepTime(megabits, new Seconds(exactSeconds), new Seconds(compressedSeconds)));
      }
      return new CompressionReport(
          compression.schedule().steps(),
          ofExact,
          ofCompressed,
          TokenChain.ENTROPY,
          threshold,
          times);
    }
  }

  private enum Exchange {
    EXACT,
    COMPRESSED
  }

  /** One replica, its exchange and its tokens. */
  private final class Training implements AutoCloseable {
    private static final double BITS = 1e6;

    private final SimulatedNetwork network = new SimulatedNetwork(peers);
    private final Replica replica;
    private final GradientExchange exchange;
    private final TokenChain chain = new TokenChain(plan.model().vocabulary(), peers.rank());
    private final TokenBatch batch =
        new TokenBatch(plan.worker().microBatch(), plan.model().context());
    private long step;

    Training(Exchange kind) {
      replica = engine.replica(plan.model(), device, plan.worker().precision(), AdamW.PAPER);
      replica.initialize(1);
      peers.broadcast(replica.parameters(), 0);
      GradientExchange exact =
          new BucketedExchange(
              network, replica.gradient(), plan.exchange().wire(), plan.exchange().bucketBytes());
      exchange =
          kind == Exchange.EXACT
              ? exact
              : new CompressedExchange(
                  network,
                  new Vectors(
                      replica.gradient(), engine.vector(replica.gradient().length(), device)),
                  codec,
                  plan.exchange().compression().threshold().rule(),
                  exact);
    }

    /** Trains all steps, and measures the loss on another sample of the chain. */
    Trained train() {
      long before = network.sentBytes();
      for (long steps = compression.schedule().steps(); step < steps; ) {
        step();
      }
      double bytes = (double) (network.sentBytes() - before) / step;
      new TokenChain(plan.model().vocabulary(), -1).fill(batch);
      double[] loss = {replica.loss(batch) / batch.tokens() / peers.worldSize()};
      peers.allReduceSum(loss);
      return new Trained(loss[0], bytes);
    }

    double timedStep(double megabits) {
      network.limit(BITS * megabits);
      peers.barrier();
      long begin = System.nanoTime();
      step();
      peers.barrier();
      double seconds = (System.nanoTime() - begin) / 1e9;
      network.limit(Double.POSITIVE_INFINITY);
      return seconds;
    }

    private void step() {
      int passes = plan.worker().passes();
      double weight = 1.0 / (batch.tokens() * passes * peers.worldSize());
      replica.clearGradient();
      for (int pass = 1; pass <= passes; pass++) {
        chain.fill(batch);
        replica.accumulate(batch, weight, pass == passes ? exchange : offset -> {});
      }
      exchange.finish();
      double scale = Math.min(1, compression.gradientClip() / replica.gradientNorm());
      double rate = compression.schedule().at(step);
      step++;
      replica.update(rate, step, scale);
    }

    @Override
    public void close() {
      try {
        exchange.close();
      } finally {
        network.close();
        replica.close();
      }
    }
  }

  /**
   * Samples a Markov chain in which each token is followed by one of a few others with equal
   * probability. Unlike random tokens, a model learns it in few steps.
   */
  private static final class TokenChain {
    private static final int TOKENS = 256;
    private static final int FOLLOWERS = 4;
    static final double ENTROPY = Math.log(FOLLOWERS);

    private final int[][] followers;
    private final Random walk;

    /** All samples are of the same chain. */
    TokenChain(int vocabulary, long walk) {
      int tokens = Math.min(TOKENS, vocabulary);
      Random random = new Random(0);
      this.followers = new int[tokens][FOLLOWERS];
      for (int[] each : followers) {
        for (int i = 0; i < FOLLOWERS; i++) {
          each[i] = random.nextInt(tokens);
        }
      }
      this.walk = new Random(walk);
    }

    void fill(TokenBatch batch) {
      int token = walk.nextInt(followers.length);
      for (int i = 0; i < batch.ids().length; i++) {
        batch.ids()[i] = token;
        token = followers[token][walk.nextInt(FOLLOWERS)];
      }
    }
  }
}
