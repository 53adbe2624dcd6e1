package dev.larkspur.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * How long the things may be that a reader holds at once, so that a task has room for them however
 * well they were compressed.
 *
 * @param documentBytes a document
 */
record DocumentMemory(long documentBytes) {
  // Of the heap of one task: a document, its line, its tokens and what curation makes of it.
  private static final int DOCUMENT_SHARE = 32;
  private static final int PAGE_SHARE = 6;
  private static final long LEAST_DOCUMENT = 1L << 20;
  private static final int LINES_PER_DOCUMENT = 4;
  private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+)[,\\]].*|local\\[(\\d+)]");

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

  /** A line of JSON: escapes and other fields take more than the text. */
  long lineBytes() {
    return LINES_PER_DOCUMENT * documentBytes;
  }

  /** An uncompressed page of Parquet, of many documents. */
  long pageBytes() {
    return Math.max(lineBytes(), heapOfTask() / PAGE_SHARE);
  }

  private static long heapOfTask() {
    return Runtime.getRuntime().maxMemory() / tasksAtOnce();
  }

  private static long tasksAtOnce() {
    SparkEnv env = SparkEnv.get();
    int processors = Runtime.getRuntime().availableProcessors();
    if (env == null) {
      return processors;
    }
    SparkConf conf = env.conf();
    Matcher local = LOCAL.matcher(conf.get("spark.master", ""));
    int cores =
        local.matches()
            ? Integer.parseInt(local.group(1) == null ? local.group(2) : local.group(1))
            : conf.getInt("spark.executor.cores", processors);
    return Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
  }
}
