package dev.larkspur.tensorboard;

import dev.larkspur.metrics.Histogram;
import dev.larkspur.tensorboard.Message.Fields;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Events of TensorFlow's {@code event.proto}, with summaries of {@code summary.proto}. */
final class Events {
  /** Fields of an event. */
  private static final int WALL_TIME = 1;

  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  /** Fields of a value of a summary; a summary has the values as its field 1. */
  private static final int TAG = 1;

  private static final int SIMPLE_VALUE = 2;
  private static final int HISTOGRAM = 5;
  private static final int TENSOR = 8;
  private static final int METADATA = 9;

  private static final int DT_STRING = 7;
  private static final int SESSION_START = 1;

  private Events() {}

  /** The first event of each file. */
  static byte[] fileVersion(Instant time) {
    return at(time).text(FILE_VERSION, "brain.Event:2").toBytes();
  }

  /** Makes a TensorBoard that follows the run forget what it has seen of this step and later. */
  static byte[] restart(Instant time, long step) {
    return at(time)
        .integer(STEP, step)
        .message(SESSION_LOG, new Message().integer(1, SESSION_START))
        .toBytes();
  }

  static byte[] scalars(Instant time, long step, Map<String, Double> numbers) {
    Message summary = new Message();
    numbers.forEach(
        (name, number) ->
            summary.message(
                1, new Message().text(TAG, name).real32(SIMPLE_VALUE, number.floatValue())));
    return at(time).integer(STEP, step).message(SUMMARY, summary).toBytes();
  }

  static byte[] histograms(Instant time, long step, Map<String, Histogram> histograms) {
    Message summary = new Message();
    histograms.forEach(
        (name, histogram) ->
            summary.message(
                1, new Message().text(TAG, name).message(HISTOGRAM, encode(histogram))));
    return at(time).integer(STEP, step).message(SUMMARY, summary).toBytes();
  }

  /**
   * A text for the dashboard of texts.
   *
   * @param markdown shown as formatted text
   */
  static byte[] text(Instant time, long step, String name, String markdown) {
    Message shape = new Message().message(2, new Message().integer(1, 1));
    Message tensor = new Message().integer(1, DT_STRING).message(2, shape).text(8, markdown);
    Message plugin = new Message().text(1, "text");
    Message value =
        new Message()
            .text(TAG, name)
            .message(TENSOR, tensor)
            .message(METADATA, new Message().message(1, plugin));
    return at(time).integer(STEP, step).message(SUMMARY, new Message().message(1, value)).toBytes();
  }

  /** A bucket ends at its limit and begins at the previous one, so empty ones fill the gaps. */
  private static Message encode(Histogram histogram) {
    double[] lower = histogram.lowerBounds();
    double[] upper = histogram.upperBounds();
    long[] counts = histogram.counts();
    double[] limits = new double[2 * counts.length];
    double[] filled = new double[2 * counts.length];
    int buckets = 0;
    for (int i = 0; i < counts.length; i++) {
      if (i == 0 || lower[i] > upper[i - 1]) {
        limits[buckets++] = lower[i];
      }
      limits[buckets] = upper[i];
      filled[buckets++] = (double) counts[i];
    }
    return new Message()
        .real64(1, histogram.min())
        .real64(2, histogram.max())
        .real64(3, (double) histogram.count())
        .real64(4, histogram.sum())
        .real64(5, histogram.sumOfSquares())
        .reals64(6, Arrays.copyOf(limits, buckets))
        .reals64(7, Arrays.copyOf(filled, buckets));
  }

  private static Message at(Instant time) {
    return new Message().real64(WALL_TIME, time.toEpochMilli() / 1e3);
  }

  /**
   * What a resumed run must know of an event.
   *
   * @param step updates done; 0 for the first event of a file
   * @param tags names of the values
   */
  record Found(long step, Set<String> tags) {
    /**
     * Reads an event.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Found of(byte[] event) {
      Fields fields = Message.fields(ByteBuffer.wrap(event));
      Set<String> tags = new HashSet<>();
      for (ByteBuffer summary : fields.bytes(SUMMARY)) {
        for (ByteBuffer value : Message.fields(summary).bytes(1)) {
          Message.fields(value).bytes(TAG).stream()
              .map(StandardCharsets.UTF_8::decode)
              .map(CharBuffer::toString)
              .forEach(tags::add);
        }
      }
      return new Found(fields.integer(STEP), tags);
    }
  }
}
