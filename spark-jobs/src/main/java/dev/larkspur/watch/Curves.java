package dev.larkspur.watch;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A track with at most so many points: each is the mean of a group of neighbouring lines, with the
 * least and the greatest of them. The groups have a power of two of lines, so that the points of a
 * growing track stay the same, but for the last, until their number reaches the limit.
 *
 * @param track the lines
 * @param progression axes of the run
 * @param generation of the metrics of the run
 * @param limit the most points
 */
record Curves(Track track, Progression progression, int generation, int limit) {

  /**
   * The points that a reader has.
   *
   * @param revision of the points
   * @param complete number of groups whose lines are all there
   */
  record Known(String revision, int complete) {
    static final Known NONE = new Known("", 0);
  }

  /** Lines in a group. */
  private int stride() {
    int stride = 1;
    while (groups(stride) > limit) {
      stride *= 2;
    }
    return stride;
  }

  private int groups(int stride) {
    return (track.size() + stride - 1) / stride;
  }

  private String revision() {
    return "%d.%d".formatted(generation, stride());
  }

  /** Number of groups whose lines are all there. */
  private int complete() {
    return track.size() / stride();
  }

  /** Whether a reader lacks points. */
  boolean isNews(Known known) {
    return !known.revision().equals(revision()) || known.complete() < groups(stride());
  }

  /**
   * Writes an object with the points that a reader lacks: {@code from}, the number of the first;
   * axes and columns as arrays.
   *
   * @param names of the columns
   */
  void write(JsonGenerator json, List<String> names, Known known) throws IOException {
    int stride = stride();
    int from = known.revision().equals(revision()) ? known.complete() : 0;
    json.writeStartObject();
    json.writeStringField("revision", revision());
    json.writeNumberField("complete", complete());
    json.writeNumberField("from", from);
    axis(json, Track.STEP, from, step -> step);
    axis(json, Track.TOKENS, from, progression::tokens);
    axis(json, "seconds", from, progression::seconds);
    axis(json, "flops", from, progression::flops);
    json.writeObjectFieldStart("columns");
    for (String name : names) {
      column(json, name, name, from, Statistic.MEAN);
      if (stride > 1 && !name.startsWith(Track.PHASES)) {
        column(json, name + ":low", name, from, Statistic.LEAST);
        column(json, name + ":high", name, from, Statistic.GREATEST);
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void axis(JsonGenerator json, String name, int from, DoubleUnaryOperator axis)
      throws IOException {
    int stride = stride();
    json.writeArrayFieldStart(name);
    for (int group = from; group < groups(stride); group++) {
      int last = Math.min((group + 1) * stride, track.size()) - 1;
      number(json, axis.applyAsDouble(track.step(last)));
    }
    json.writeEndArray();
  }

  private void column(
      JsonGenerator json, String field, String column, int from, Statistic statistic)
      throws IOException {
    int stride = stride();
    json.writeArrayFieldStart(field);
    for (int group = from; group < groups(stride); group++) {
      int end = Math.min((group + 1) * stride, track.size());
      number(json, statistic.of(track, column, group * stride, end));
    }
    json.writeEndArray();
  }

  /** Seven digits are more than a screen shows. */
  private static void number(JsonGenerator json, double value) throws IOException {
    if (!Double.isFinite(value)) {
      json.writeNull();
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber((float) value);
    }
  }

  /** What is drawn of a group of lines. */
  private enum Statistic {
    MEAN {
      @Override
      double combine(double sum, double value) {
        return sum + value;
      }
    },
    LEAST {
      @Override
      double combine(double least, double value) {
        return Math.min(least, value);
      }
    },
    GREATEST {
      @Override
      double combine(double greatest, double value) {
        return Math.max(greatest, value);
      }
    };

    abstract double combine(double before, double value);

    /** Of the numbers that are finite; NaN if none is. */
    double of(Track track, String column, int from, int end) {
      double result = Double.NaN;
      int count = 0;
      for (int i = from; i < end; i++) {
        double value = track.value(column, i);
        if (Double.isFinite(value)) {
          result = count == 0 ? value : combine(result, value);
          count++;
        }
      }
      return this == MEAN ? result / count : result;
    }
  }
}
