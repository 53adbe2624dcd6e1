package dev.larkspur.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * Bounds on the sizes of what a reader holds in memory, so that it fits in a task's heap however
 * well it was compressed.
 *
 * @param documentBytes longest document, in bytes
 */
record DocumentMemory(long documentBytes) {
  // The heap of a task holds a document, its line, its tokens, and its copies in curation.
  private static final int DOCUMENT_SHARE = 32;
  private static final int PAGE_SHARE = 6;
  private static final long LEAST_DOCUMENT = 1L << 20;
  private static final int LINES_PER_DOCUMENT = 4;
  private static final String LOCAL = "local";
  private static final Pattern THREADS = Pattern.compile("local\\[\\s*(\\d+)\\s*(?:,.*)?]");

  static DocumentMemory of(RejectionLimits limits) {
    return new DocumentMemory(
        limits.documentBytes() == RejectionLimits.AUTOMATIC
            ? automatic(heapOfTask())
            : limits.documentBytes());
  }

  static long automatic(long heapOfTask) {
    return Math.max(
        LEAST_DOCUMENT, Math.min(RejectionLimits.MOST_DOCUMENT_BYTES, heapOfTask / DOCUMENT_SHARE));
  }

  /** Longest line of JSON, in bytes: escapes and other fields take more than the text. */
  long lineBytes() {
    return LINES_PER_DOCUMENT * documentBytes;
  }

  /** Largest uncompressed Parquet page, which has many documents, in bytes. */
  long pageBytes() {
    return Math.max(lineBytes(), heapOfTask() / PAGE_SHARE);
  }

  /**
   * The limits with a bound on documents for all executors of an application, so that all processes
   * accept the same documents. Must be called on the driver.
   */
  static RejectionLimits decided(RejectionLimits limits, SparkConf conf) {
    if (limits.documentBytes() != RejectionLimits.AUTOMATIC) {
      return limits;
    }
    Runtime here = Runtime.getRuntime();
    long heap =
        isLocal(conf.get("spark.master", LOCAL))
            ? here.maxMemory()
            : conf.getSizeAsBytes("spark.executor.memory", "1g");
    long bytes = automatic(heap / tasksAtOnce(conf, here.availableProcessors()));
    return new RejectionLimits(limits.records(), limits.share(), limits.damages(), bytes);
  }

  private static long heapOfTask() {
    SparkEnv env = SparkEnv.get();
    int processors = Runtime.getRuntime().availableProcessors();
    return Runtime.getRuntime().maxMemory()
        / (env == null ? processors : tasksAtOnce(env.conf(), processors));
  }

  /**
   * Number of tasks that one process runs concurrently.
   *
   * @param processors of its machine
   */
  static long tasksAtOnce(SparkConf conf, int processors) {
    int cores = cores(conf, conf.get("spark.master", LOCAL), processors);
    return Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
  }

  private static int cores(SparkConf conf, String master, int processors) {
    if (master.equals(LOCAL)) {
      return 1;
    }
    Matcher threads = THREADS.matcher(master);
    if (threads.matches()) {
      return Integer.parseInt(threads.group(1));
    }
    if (isLocal(master)) {
      return processors;
    }
    // Only executors of a standalone cluster use all cores by default.
    boolean one = master.startsWith("yarn") || master.startsWith("k8s://");
    return conf.getInt("spark.executor.cores", one ? 1 : processors);
  }

  private static boolean isLocal(String master) {
    return master.startsWith(LOCAL) && !master.startsWith("local-cluster");
  }
}
