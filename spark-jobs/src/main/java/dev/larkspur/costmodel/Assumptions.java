package dev.larkspur.costmodel;

/**
 * What the model takes for granted. None of it has been measured with Larkspur on GPUs.
 *
 * @param reached shares of the hardware's figures that are reached
 * @param accesses how often operations without a product read or write each of the values that they
 *     work on ({@link Workload#valuesBetween}), forward and backward together
 * @param hop time of one message of a ring, seconds
 * @param hostCopy from a GPU to ordinary memory of its host, bytes/s
 * @param checkpointBase what a checkpoint costs all workers besides the copy, seconds
 * @param readTokens tokens/s of a core that reads blocks
 */
public record Assumptions(
    Reached reached,
    double accesses,
    double hop,
    double hostCopy,
    double checkpointBase,
    double readTokens) {

  /**
   * The product share and the accesses are fitted to the paper's hours for its dense and its
   * low-rank 32 % model of size xl (table of the main results), read as hours of one A100; the
   * tokens are docs/performance.md's measurement of reading blocks; the others are round and
   * cautious.
   */
  public static final Assumptions DEFAULT =
      new Assumptions(new Reached(0.79, 0.8, 0.8, 0.9), 17, 5e-6, 8e9, 0.1, 224e6);

  /** The same with another share of the peak. */
  public Assumptions withProductShare(double share) {
    Reached other =
        new Reached(share, reached.memoryShare, reached.linkShare, reached.usableMemory);
    return new Assumptions(other, accesses, hop, hostCopy, checkpointBase, readTokens);
  }

  /**
   * Shares of the hardware's figures that are reached, from 0 to 1.
   *
   * @param productShare of the peak, by matrix products, unless their operands' way from memory
   *     takes longer
   * @param memoryShare of the memory bandwidth
   * @param linkShare of the bandwidth of links and network
   * @param usableMemory of the memory, by tensors
   */
  public record Reached(
      double productShare, double memoryShare, double linkShare, double usableMemory) {}
}
