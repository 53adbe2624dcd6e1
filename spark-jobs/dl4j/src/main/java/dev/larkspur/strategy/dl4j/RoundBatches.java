package dev.larkspur.strategy.dl4j;

import dev.larkspur.engine.dl4j.TokenIds;
import dev.larkspur.strategy.TokenSource;
import dev.larkspur.strategy.TokenSource.TokenReader;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The batches of a round as a DL4J iterator. Each step has one batch for each replica, in the order
 * in which {@code ParallelWrapper} distributes them.
 */
final class RoundBatches implements DataSetIterator, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final transient List<TokenReader> readers;
  private final transient Runnable awaitReplicas;
  private final long first;
  private final long count;
  private long given;

  private RoundBatches(
      List<TokenReader> readers, long firstStep, int steps, Runnable awaitReplicas) {
    this.readers = readers;
    this.awaitReplicas = awaitReplicas;
    this.first = firstStep;
    this.count = (long) steps * readers.size();
  }

  /**
   * The batches of all replicas.
   *
   * @param awaitReplicas returns when all replicas may start
   */
  static RoundBatches of(
      TokenSource tokens, int replicas, long firstStep, int steps, Runnable awaitReplicas) {
    return new RoundBatches(
        IntStream.range(0, replicas).mapToObj(tokens::open).toList(),
        firstStep,
        steps,
        awaitReplicas);
  }

  /** The batches of one replica; closes itself after the last batch. */
  static RoundBatches ofReplica(TokenSource tokens, int replica, long firstStep, int steps) {
    return new RoundBatches(List.of(tokens.open(replica)), firstStep, steps, () -> {});
  }

  @Override
  public boolean hasNext() {
    return given < count;
  }

  @Override
  public DataSet next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (given == 0) {
      awaitReplicas.run();
    }
    long step = first + given / readers.size();
    TokenReader reader = readers.get((int) (given % readers.size()));
    given++;
    DataSet batch = TokenIds.dataSet(reader.read(step));
    if (given == count) {
      readers.forEach(TokenReader::close);
    }
    return batch;
  }

  /** Not read by another thread, so that a round has trained on all that it has read. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public boolean resetSupported() {
    return false;
  }

  @Override
  public void reset() {
    throw new UnsupportedOperationException("a round is read once");
  }

  @Override
  public DataSet next(int examples) {
    throw new UnsupportedOperationException("batches are whole");
  }

  @Override
  public int batch() {
    throw new UnsupportedOperationException("batches are whole");
  }

  @Override
  public int inputColumns() {
    throw new UnsupportedOperationException("inputs are tokens");
  }

  @Override
  public int totalOutcomes() {
    throw new UnsupportedOperationException("outcomes are tokens");
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor processor) {
    throw new UnsupportedOperationException("tokens are trained on as they are");
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return null;
  }

  @Override
  public List<String> getLabels() {
    return List.of();
  }

  @Override
  public void close() {
    if (hasNext()) {
      readers.forEach(TokenReader::close);
    }
  }
}
