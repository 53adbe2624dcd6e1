package dev.larkspur.tokenizer;

import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentStream;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Counts the words of documents; with very many words, a word may be emitted more than once. */
final class WordCounter implements PairFlatMapFunction<Iterator<DocumentPartition>, String, Long> {
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
