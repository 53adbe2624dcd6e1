package dev.larkspur.tokenizer;

import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentStream;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Learns a byte-level BPE vocabulary from documents: executors count words, and the driver learns
 * merges from the counts. The result does not depend on the partitioning of the documents into
 * files and tasks.
 */
public final class BpeTrainer {
  private static final int BYTES = 256;
  private static final int SMALLEST_VOCABULARY = BYTES + 2;
  // A pair that occurs once is not significant.
  private static final long SMALLEST_COUNT = 2;
  // About 1 GB of driver memory. Rarer words would not change a merge.
  private static final int MOST_WORDS = 4_000_000;

  private BpeTrainer() {}

  /**
   * Learns a tokenizer of 256 bytes, {@code vocabulary - 257} merges, and {@code <|endoftext|>} as
   * the last id. Of more than four million different words only the most frequent are used.
   *
   * @param documents what to learn from
   * @param vocabulary number of ids, at least 258
   * @throws TokenizerException if there is no text, or the vocabulary is too small, or too large
   *     for the text
   * @throws dev.larkspur.document.DocumentException if a document file cannot be read
   */
  public static TrainedTokenizer train(
      SparkContext spark, DocumentSource documents, int vocabulary) {
    if (vocabulary < SMALLEST_VOCABULARY) {
      throw new TokenizerException(
          "A vocabulary of "
              + vocabulary
              + " is too small: 256 bytes, a merge and the end of text take "
              + SMALLEST_VOCABULARY
              + "; raise the vocabulary.");
    }
    int requested = vocabulary - BYTES - 1;
    List<WordCount> words = countWords(spark, documents);
    if (words.isEmpty()) {
      throw new TokenizerException(
          "The documents have no text in \"%s\": name the column or field that has it (data.fields.content)."
              .formatted(documents.fields().content()));
    }
    List<Merge> merges = new MergeLearner(words).learn(requested, SMALLEST_COUNT);
    if (merges.size() < requested) {
      throw new TokenizerException(
          "The documents give a vocabulary of at most "
              + (merges.size() + BYTES + 1)
              + ", not of "
              + vocabulary
              + ": lower the vocabulary or add documents.");
    }
    byte[] json = TokenizerJsonWriter.write(bpe(merges));
    try {
      // Verifies that the merges can be encoded exactly.
      ByteLevelBpe.parse("tokenizer.json", json);
    } catch (OtherTokenizer impossible) {
      throw new IllegalStateException(impossible);
    }
    return new TrainedTokenizer(json);
  }

  private static List<WordCount> countWords(SparkContext spark, DocumentSource documents) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    Configuration conf = spark.hadoopConfiguration();
    DocumentSet files = DocumentSet.list(documents, conf);
    spark.setJobDescription("counting words");
    try {
      JavaPairRDD<String, Long> counts =
          files
              .parts(spark)
              .mapPartitionsToPair(
                  new WordCounter(context.broadcast(new SerializableConfiguration(conf))))
              .reduceByKey(Long::sum);
      List<Tuple2<String, Long>> words =
          counts.count() > MOST_WORDS
              ? counts.takeOrdered(MOST_WORDS, new MostFrequentFirst())
              : counts.collect();
      return words.stream().map(word -> new WordCount(word._1(), word._2())).toList();
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception failure) {
      throw TaskFailures.unwrap(failure);
    } finally {
      spark.setJobDescription(null);
    }
  }

  static ByteLevelBpe bpe(List<Merge> merges) {
    byte[][] pieces = new byte[BYTES + merges.size() + 1][];
    for (int value = 0; value < BYTES; value++) {
      pieces[value] = new byte[] {(byte) value};
    }
    for (Merge merge : merges) {
      byte[] left = pieces[merge.left()];
      byte[] right = pieces[merge.right()];
      byte[] both = new byte[left.length + right.length];
      System.arraycopy(left, 0, both, 0, left.length);
      System.arraycopy(right, 0, both, left.length, right.length);
      pieces[merge.merged()] = both;
    }
    int endOfText = pieces.length - 1;
    return new ByteLevelBpe(pieces, merges, Map.of(Gpt2.END_OF_TEXT, endOfText), endOfText);
  }

  private static final class MostFrequentFirst
      implements Comparator<Tuple2<String, Long>>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      int byCount = Long.compare(b._2(), a._2());
      return byCount != 0 ? byCount : a._1().compareTo(b._1());
    }
  }

  /**
   * A word of a text.
   *
   * @param word a match of the pattern, with its leading space
   * @param count how often it occurs
   */
  record WordCount(String word, long count) {}

  /** Counts the words of documents; with very many words, a word may be emitted more than once. */
  static final class WordCounter
      implements PairFlatMapFunction<Iterator<DocumentPartition>, String, Long> {
    private static final long serialVersionUID = 1L;
    // Bounds the memory of a task; the shuffle, which can spill, sums over all tasks.
    private static final int WORDS_AT_ONCE = 1 << 20;

    private final Broadcast<SerializableConfiguration> conf;

    WordCounter(Broadcast<SerializableConfiguration> conf) {
      this.conf = conf;
    }

    @Override
    public Iterator<Tuple2<String, Long>> call(Iterator<DocumentPartition> parts) {
      return new Counts(parts);
    }

    private final class Counts implements Iterator<Tuple2<String, Long>> {
      private final Iterator<DocumentPartition> parts;
      private DocumentStream documents;
      private Iterator<Map.Entry<String, Count>> batch =
          Map.<String, Count>of().entrySet().iterator();

      Counts(Iterator<DocumentPartition> parts) {
        this.parts = parts;
      }

      @Override
      public boolean hasNext() {
        while (!batch.hasNext()) {
          if (documents == null || !documents.hasNext()) {
            if (!parts.hasNext()) {
              return false;
            }
            documents = parts.next().open(conf.value().value());
          }
          batch = count(documents).entrySet().iterator();
        }
        return true;
      }

      @Override
      public Tuple2<String, Long> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Map.Entry<String, Count> word = batch.next();
        return new Tuple2<>(word.getKey(), word.getValue().value);
      }
    }

    private static Map<String, Count> count(Iterator<Document> documents) {
      Map<String, Count> counts = new HashMap<>();
      while (counts.size() < WORDS_AT_ONCE && documents.hasNext()) {
        Matcher words = Gpt2.WORDS.matcher(documents.next().content());
        while (words.find()) {
          counts.computeIfAbsent(words.group(), any -> new Count()).value++;
        }
      }
      return counts;
    }

    private static final class Count {
      private long value;
    }
  }
}
