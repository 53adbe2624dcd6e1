package dev.larkspur.costmodel;

import dev.larkspur.engine.GpuType;

/**
 * GPUs and their interconnect.
 *
 * @param gpu type of all of them
 * @param gpus number of GPUs, which is the number of workers
 * @param gpusPerHost GPUs of a full host
 * @param hostNetwork bandwidth of a host to the others, bytes/s in each direction
 * @param hostStorage bandwidth of a host to the storage, bytes/s
 * @param gpuMtbf mean time between failures of one GPU with its share of host and network, seconds
 * @param restart time from a failure to the first step, without reading the checkpoint, seconds
 */
public record Cluster(
    GpuType gpu,
    int gpus,
    int gpusPerHost,
    double hostNetwork,
    double hostStorage,
    double gpuMtbf,
    double restart) {

  /** GPUs per host, except for the last host, which may have fewer. */
  public int sharing() {
    return Math.min(gpus, gpusPerHost);
  }

  /** Whether the exchange crosses hosts. */
  public boolean hasNetwork() {
    return gpus > gpusPerHost;
  }

  /**
   * Bandwidth of a ring over all GPUs, bytes/s. A ring enters and leaves each host once, so it gets
   * the full network bandwidth of a host, but at most that of a link.
   */
  public double ringBandwidth() {
    return hasNetwork() ? Math.min(gpu.linkBandwidth(), hostNetwork) : gpu.linkBandwidth();
  }

  /**
   * Mean time between failures of the cluster, seconds. Training is synchronous, so one failure
   * stops all.
   */
  public double mtbf() {
    return gpuMtbf / gpus;
  }
}
