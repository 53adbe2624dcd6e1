package dev.larkspur.costmodel;

/**
 * GPUs and what joins them.
 *
 * @param gpu all are of this type
 * @param gpus how many there are; the number of workers
 * @param gpusPerHost of a full host
 * @param hostNetwork of a host to the others, bytes/s in each direction
 * @param hostStorage of a host to the storage, bytes/s
 * @param gpuMtbf mean time between failures of one GPU and its share of all else, seconds
 * @param restart from a failure until the first step, without reading the checkpoint, seconds
 */
public record Cluster(
    GpuType gpu,
    int gpus,
    int gpusPerHost,
    double hostNetwork,
    double hostStorage,
    double gpuMtbf,
    double restart) {

  /** GPUs that share a host, the last one aside. */
  public int sharing() {
    return Math.min(gpus, gpusPerHost);
  }

  /** Whether the exchange leaves the host. */
  public boolean hasNetwork() {
    return gpus > gpusPerHost;
  }

  /**
   * Bandwidth of a ring over all GPUs, bytes/s. It enters and leaves each host once, so it has the
   * host's whole network, and not more than a link.
   */
  public double ringBandwidth() {
    return hasNetwork() ? Math.min(gpu.linkBandwidth(), hostNetwork) : gpu.linkBandwidth();
  }

  /** Mean time between failures of the whole; any one stops all, since the training is in step. */
  public double mtbf() {
    return gpuMtbf / gpus;
  }
}
