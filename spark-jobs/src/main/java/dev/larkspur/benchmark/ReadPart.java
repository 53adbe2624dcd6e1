package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.benchmark.Rounds.Part;
import dev.larkspur.corpus.BlockReader;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.TokenOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;

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
