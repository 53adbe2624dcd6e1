package dev.larkspur.costmodel;

/**
 * What the model takes for granted. None of it has been measured with Larkspur on GPUs.
 *
 * @param productShare share of the peak that matrix products reach, unless their operands' way from
 *     memory takes longer
 * @param memoryShare share of the memory bandwidth that is reached
 * @param accesses how often operations without a product read or write each of the values that they
 *     work on ({@link Workload#valuesBetween}), forward and backward together
 * @param linkShare share of the bandwidth of links and network that is reached
 * @param hop time of one message of a ring, seconds
 * @param hostCopy from a GPU to ordinary memory of its host, bytes/s
 * @param checkpointBase what a checkpoint costs all workers besides the copy, seconds
 * @param readTokens tokens/s of a core that reads blocks
 * @param usableMemory share of the memory that tensors may take
 */
public record Assumptions(
    double productShare,
    double memoryShare,
    double accesses,
    double linkShare,
    double hop,
    double hostCopy,
    double checkpointBase,
    double readTokens,
    double usableMemory) {

  /**
   * The product share and the accesses are fitted to the paper's hours for its dense and its
   * low-rank 32 % model of size xl (table of the main results), read as hours of one A100; the
   * tokens are docs/performance.md's measurement of reading blocks; the others are round and
   * cautious.
   */
  public static final Assumptions DEFAULT =
      new Assumptions(0.79, 0.8, 17, 0.8, 5e-6, 8e9, 0.1, 224e6, 0.9);

  /** The same with another share of the peak. */
  public Assumptions withProductShare(double share) {
    return new Assumptions(
        share,
        memoryShare,
        accesses,
        linkShare,
        hop,
        hostCopy,
        checkpointBase,
        readTokens,
        usableMemory);
  }
}
