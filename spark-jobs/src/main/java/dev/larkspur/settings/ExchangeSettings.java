package dev.larkspur.settings;

import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.compression.ThresholdRule;
import dev.larkspur.collective.compression.ThresholdRule.Sparsity;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How the workers meet and exchange gradients.
 *
 * @param timeout how long to wait for a worker before it is considered lost
 * @param networkInterface name of the interface for the exchange; empty for the interface of the
 *     address that Spark uses for the host
 * @param rendezvousPorts where worker 0 may listen for the others
 * @param bucketBytes size of the buckets in which the gradient is sent
 * @param wire data type in which gradients are sent
 * @param compression how gradients are compressed
 * @param shardOptimizer whether each worker updates only its shard of the parameters
 */
public record ExchangeSettings(
    @Setting(key = "collective-timeout", least = 1) Duration timeout,
    @Setting(unset = "auto") String networkInterface,
    PortRange rendezvousPorts,
    @Setting(key = "exchange.bucket-bytes", bytes = true, least = 64 << 10, most = 2L << 30)
        long bucketBytes,
    @Setting(key = "exchange.wire") WireDtype wire,
    @Setting(inline = true) Compression compression,
    boolean shardOptimizer)
    implements Serializable {

  /** How gradients are compressed. */
  public boolean compresses() {
    return compression.mode() == Compression.Mode.THRESHOLD;
  }

  /**
   * The exchange of workers that compute on CPUs. On one host it is always in fp32: there the
   * conversion to bf16 takes longer than the bytes that it saves.
   *
   * @param addresses of all workers: hosts, with or without a port
   */
  public ExchangeSettings betweenCpus(List<String> addresses) {
    boolean severalHosts =
        addresses.stream().map(address -> address.replaceFirst(":\\d+$", "")).distinct().count()
            > 1;
    return severalHosts || wire == WireDtype.FP32
        ? this
        : new ExchangeSettings(
            timeout,
            networkInterface,
            rendezvousPorts,
            bucketBytes,
            WireDtype.FP32,
            compression,
            shardOptimizer);
  }

  /** The same exchange with another compression. */
  public ExchangeSettings with(Compression.Mode mode) {
    return new ExchangeSettings(
        timeout,
        networkInterface,
        rendezvousPorts,
        bucketBytes,
        wire,
        new Compression(mode, compression.threshold()),
        shardOptimizer);
  }

  /**
   * How workers compress their gradients.
   *
   * @param mode what is sent
   * @param threshold how the threshold of {@link Mode#THRESHOLD} changes
   */
  public record Compression(
      @Setting(key = "exchange.compression") Mode mode,
      @Setting(key = "exchange.threshold") ThresholdSettings threshold)
      implements Serializable {

    /** What is sent. */
    public enum Mode {
      /** Every element of the gradient. */
      NONE,
      /** The elements of the gradient that reach a threshold. */
      THRESHOLD
    }
  }

  /**
   * How the threshold of a compressed exchange changes.
   *
   * @param algorithm what adjusts the threshold
   * @param initial threshold of the first step
   * @param leastSparsity lower bound for the adaptive algorithm
   * @param mostSparsity upper bound for the adaptive algorithm
   * @param targetSparsity sparsity to reach, for the algorithm of that name
   * @param decayRate factor by which a decreasing threshold changes in a step
   */
  public record ThresholdSettings(
      ThresholdRule.Algorithm algorithm,
      @Setting(above = 0) double initial,
      @Setting(above = 0, most = 1) double leastSparsity,
      @Setting(above = 0, most = 1) double mostSparsity,
      @Setting(above = 0, most = 1) double targetSparsity,
      @Setting(above = 0, below = 1) double decayRate)
      implements RecordReader.Checked, Serializable {

    /** Refuses an empty range. */
    @Override
    public void check(RecordReader.Problems problems) {
      if (leastSparsity > mostSparsity) {
        problems.refuse(
            "least-sparsity", "is above most-sparsity = " + mostSparsity, "set it to that or less");
      }
    }

    /** This rule as the exchange takes it. */
    public ThresholdRule rule() {
      return new ThresholdRule(
          algorithm, initial, new Sparsity(leastSparsity, mostSparsity, targetSparsity, decayRate));
    }
  }
}
