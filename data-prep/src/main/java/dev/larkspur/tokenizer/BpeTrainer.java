package dev.larkspur.tokenizer;

import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
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
   * @throws TokenizerException if the vocabulary is too small, or too large for the text
   * @throws dev.larkspur.document.DocumentException if a document file cannot be read
   */
  public static TrainedTokenizer train(
      SparkSession spark, DocumentSource documents, int vocabulary) {
    if (vocabulary < SMALLEST_VOCABULARY) {
      throw new TokenizerException(
          "A vocabulary of "
              + vocabulary
              + " is too small: 256 bytes, a merge and the end of text take "
              + SMALLEST_VOCABULARY
              + "; raise the vocabulary.");
    }
    int requested = vocabulary - BYTES - 1;
    List<Merge> merges =
        new MergeLearner(countWords(spark, documents)).learn(requested, SMALLEST_COUNT);
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

  private static List<WordCount> countWords(SparkSession spark, DocumentSource documents) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    DocumentSet files = DocumentSet.list(documents, conf);
    spark.sparkContext().setJobDescription("counting words");
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
      spark.sparkContext().setJobDescription(null);
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
}
