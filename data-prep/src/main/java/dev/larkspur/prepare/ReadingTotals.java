package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.Split;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.document.RejectionLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import scala.Tuple2;

/**
 * The result of reading and tokenizing, of one or several tasks.
 *
 * @param report of all records read
 * @param texts lengths of the documents that are kept
 * @param tokens of the documents that are kept, without repetitions
 * @param draws documents and tokens of each source; empty without a mixture
 */
record ReadingTotals(DocumentReport report, TextCounts texts, SplitTokens tokens, DrawTotals draws)
    implements Serializable {
  /**
   * Sums the statistics records of tasks.
   *
   * @throws dev.larkspur.document.DocumentException as soon as more records are bad than the
   *     absolute limits allow, so that memory is bounded; at the end if their share is too large
   */
  static ReadingTotals sum(
      Iterator<Tuple2<byte[], byte[]>> records, int sources, RejectionLimits limits) {
    DocumentReport report = DocumentReport.NONE;
    TextCounts texts = TextCounts.NONE;
    SplitTokens tokens = SplitTokens.NONE;
    DrawTotals draws = new DrawTotals(sources);
    while (records.hasNext()) {
      ReadingTotals task = StatisticsRecord.fromBytes(records.next()._2(), ReadingTotals.class);
      report = report.plus(task.report);
      report.checkSoFar(limits);
      texts = texts.plus(task.texts);
      tokens = tokens.plus(task.tokens);
      draws.add(task.draws);
    }
    report.check(limits);
    return new ReadingTotals(report, texts, tokens, draws);
  }

  /**
   * Tokens of each split, including ends of text.
   *
   * @param train of the training split
   * @param validation of the validation split
   */
  record SplitTokens(long train, long validation) implements Serializable {
    static final SplitTokens NONE = new SplitTokens(0, 0);

    long of(Split split) {
      return split == Split.TRAIN ? train : validation;
    }

    SplitTokens plus(Split split, long tokens) {
      return split == Split.TRAIN
          ? new SplitTokens(train + tokens, validation)
          : new SplitTokens(train, validation + tokens);
    }

    SplitTokens plus(SplitTokens other) {
      return new SplitTokens(train + other.train, validation + other.validation);
    }
  }

  /** Statistics as the bytes of a shuffle record. */
  static final class StatisticsRecord {
    private StatisticsRecord() {}

    static byte[] toBytes(Serializable statistics) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(statistics);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      return bytes.toByteArray();
    }

    static <T> T fromBytes(byte[] bytes, Class<T> type) {
      try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
        return type.cast(in.readObject());
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      } catch (ClassNotFoundException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /**
   * Documents and tokens of each source in each split, with a histogram of tokens over the draws of
   * their documents. It locates the limit between taken and excluded documents to 1/1024 before a
   * second pass over the documents. Not thread-safe.
   */
  static final class DrawTotals implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int RANGE_BITS = 10;

    private final long[] documents; // [split x sources + source]
    private final long[][] tokens; // [split x sources + source][range]

    DrawTotals(int sources) {
      documents = new long[Split.values().length * sources];
      tokens = new long[documents.length][1 << RANGE_BITS];
    }

    /** The range that contains a draw. */
    static int range(long draw) {
      return (int) (draw >>> (Long.SIZE - RANGE_BITS));
    }

    private int index(Split split, int source) {
      return split.code() * (documents.length / Split.values().length) + source;
    }

    void add(Split split, int source, long draw, long count) {
      int index = index(split, source);
      documents[index]++;
      tokens[index][range(draw)] += count;
    }

    /** Adds the counts of another task. */
    void add(DrawTotals other) {
      for (int i = 0; i < documents.length; i++) {
        documents[i] += other.documents[i];
        for (int range = 0; range < tokens[i].length; range++) {
          tokens[i][range] += other.tokens[i][range];
        }
      }
    }

    /** Adds the counts of a sample, times a factor. */
    void addScaled(DrawTotals sample, double factor) {
      for (int i = 0; i < documents.length; i++) {
        documents[i] += Math.round(sample.documents[i] * factor);
        for (int range = 0; range < tokens[i].length; range++) {
          tokens[i][range] += Math.round(sample.tokens[i][range] * factor);
        }
      }
    }

    long documents(Split split, int source) {
      return documents[index(split, source)];
    }

    long tokens(Split split, int source) {
      long sum = 0;
      for (long range : tokens[index(split, source)]) {
        sum += range;
      }
      return sum;
    }

    long tokens(Split split, int source, int range) {
      return tokens[index(split, source)][range];
    }
  }
}
