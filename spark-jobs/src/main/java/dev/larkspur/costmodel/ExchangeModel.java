package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;

/**
 * Time of the gradient exchange alone, as {@link dev.larkspur.collective.GradientExchange} does it
 * on GPUs: fp32 by a ring, which sends 2 (N - 1) / N of the bytes over each link (Patarasuk and
 * Yuan 2009); bf16 by an all-to-all and an all-gather. An all-to-all crosses the network of a host
 * once per GPU, a ring crosses it once.
 */
final class ExchangeModel {
  private static final int BF16_BYTES = 2;

  private final Cluster cluster;
  private final double share;
  private final double hop;

  ExchangeModel(Cluster cluster, Assumptions assumptions) {
    this.cluster = cluster;
    this.share = assumptions.reached().linkShare();
    this.hop = assumptions.hop();
  }

  /** Seconds of an all-reduce of {@code values} over all GPUs, in one bucket. */
  double sum(double values, WireDtype wire) {
    double bytes = values * Float.BYTES;
    return wire == WireDtype.FP32
        ? 2 * gather(bytes)
        : allToAll(values * BF16_BYTES) + gather(values * BF16_BYTES);
  }

  /** Seconds of an all-gather of {@code bytes}, of which each GPU has its shard. */
  double gather(double bytes) {
    int others = cluster.gpus() - 1;
    double moved = bytes * others / cluster.gpus();
    return others * hop + moved / (share * cluster.ringBandwidth());
  }

  private double allToAll(double bytes) {
    int others = cluster.gpus() - 1;
    double each = bytes / cluster.gpus();
    double inside = each * (cluster.sharing() - 1) / cluster.gpu().linkBandwidth();
    double outside =
        each * cluster.sharing() * (cluster.gpus() - cluster.sharing()) / cluster.hostNetwork();
    return others * hop + Math.max(inside, outside) / share;
  }
}
