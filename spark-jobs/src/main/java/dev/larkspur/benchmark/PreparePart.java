package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.benchmark.Rounds.Part;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;

/**
 * The prepare job, from document files to a finished corpus. Each run replaces the corpus of the
 * previous one.
 *
 * @param name of the part
 * @param spark local to this process, because only its processor time is measured
 * @param documents paths
 * @param tokenizer as in {@code data.tokenizer}
 * @param corpus directory for the corpus
 */
public record PreparePart(
    String name, SparkContext spark, List<String> documents, String tokenizer, String corpus)
    implements Part {
  // Small values, so that few documents suffice; neither affects the time noticeably.
  private static final int CONTEXT = 256;
  private static final double VALIDATION = 0.05;
  private static final int SHARDS = 4;
  private static final long SEED = 1005;

  /** Copies the list. */
  public PreparePart {
    documents = List.copyOf(documents);
  }

  @Override
  public CpuClock clock() {
    return CpuClock.PROCESS;
  }

  @Override
  public long run() {
    Path directory = new Path(corpus);
    try {
      PrivateBuffers.fileSystem(directory, spark.hadoopConfiguration()).delete(directory, true);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    CorpusManifest manifest =
        PrepareJob.run(
                spark,
                new PrepareSettings(
                    Input.of(documents, DocumentFormat.AUTO),
                    tokenizer,
                    new Blocks(CONTEXT, VALIDATION, SHARDS, SEED),
                    corpus))
            .manifest();
    return manifest.train().tokens() + manifest.validation().tokens();
  }

  /**
   * Tokenizes texts in one thread.
   *
   * @param name of the part
   * @param tokenizer to measure
   * @param texts documents
   */
  public record TokenizePart(String name, Tokenizer tokenizer, List<String> texts) implements Part {
    /** Copies the list. */
    public TokenizePart {
      texts = List.copyOf(texts);
    }

    @Override
    public CpuClock clock() {
      return CpuClock.THREAD;
    }

    @Override
    public long run() {
      long tokens = 0;
      for (String text : texts) {
        tokens += tokenizer.encode(text).length;
      }
      return tokens;
    }
  }

  /**
   * Reads all training blocks of a corpus in the order of training, in one thread.
   *
   * @param name of the part
   * @param corpus directory of a finished corpus
   * @param hadoop how file systems are reached
   */
  public record ReadPart(String name, String corpus, Configuration hadoop) implements Part {
    private static final long SEED = 1;

    @Override
    public CpuClock clock() {
      return CpuClock.THREAD;
    }

    @Override
    public long run() {
      Corpus opened = Corpus.open(corpus, hadoop);
      TokenOrder order = new TokenOrder(opened.manifest(), Split.TRAIN, SEED);
      int[] block = new int[opened.manifest().context() + 1];
      try (BlockReader reader = new BlockReader(opened, Split.TRAIN)) {
        for (long index = 0; index < order.blocks(); index++) {
          reader.read(order.locate(index), block, 0);
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      return order.blocks() * block.length;
    }
  }
}
