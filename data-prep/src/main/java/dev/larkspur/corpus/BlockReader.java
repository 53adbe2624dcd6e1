package dev.larkspur.corpus;

import dev.larkspur.corpus.Corpus.UnreachableCorpusException;
import dev.larkspur.corpus.ShardFile.ShardInput;
import dev.larkspur.corpus.SplitManifest.Shard;
import dev.larkspur.corpus.TokenOrder.BlockLocation;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.StoredStream.UnreadableFileException;
import dev.larkspur.storage.TaskFailures;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads blocks of one split. Decodes a row group at a time and caches the last few. Not
 * thread-safe: use one reader per thread.
 *
 * <p>Verifies page checksums, numbers of rows, and that ids are below the vocabulary size.
 */
public final class BlockReader implements Closeable {
  private static final int OPEN_SHARDS = 4;
  private static final int KEPT_ROW_GROUPS = 4;

  private final Corpus corpus;
  private final List<Shard> shards;
  private final TokenWidth width;
  private final int blockTokens;
  private final Map<Integer, ShardFile> files = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Long, byte[]> rowGroups = new LinkedHashMap<>(16, 0.75f, true);

  /** Creates a reader, which opens files when it needs them. */
  public BlockReader(Corpus corpus, Split split) {
    this.corpus = corpus;
    this.shards = corpus.manifest().split(split).shards();
    this.width = TokenWidth.of(corpus.manifest().tokenizer().vocabulary());
    this.blockTokens = corpus.manifest().context() + 1;
  }

  /**
   * Reads the context + 1 ids of a block into {@code into[offset…]}.
   *
   * @throws UnreachableCorpusException if this host cannot read the shard
   * @throws BadInputException if the shard is damaged
   */
  public void read(BlockLocation block, int[] into, int offset) {
    long key = ((long) block.shard() << 32) | block.rowGroup();
    byte[] tokens = rowGroups.get(key);
    if (tokens == null) {
      dropEldest(rowGroups, KEPT_ROW_GROUPS);
      tokens = decode(block.shard(), block.rowGroup());
      rowGroups.put(key, tokens);
    }
    width.decode(tokens, block.row() * blockTokens * width.bytes(), into, offset, blockTokens);
  }

  private byte[] decode(int index, int rowGroup) {
    Shard shard = shards.get(index);
    try {
      int rows = shard.rowGroups().get(rowGroup);
      byte[] tokens = file(index).read(rowGroup, rows);
      int largest = width.largest(tokens, rows * blockTokens);
      int vocabulary = corpus.manifest().tokenizer().vocabulary();
      if (Integer.compareUnsigned(largest, vocabulary) >= 0) {
        throw new IOException(
            "it has the id "
                + Integer.toUnsignedString(largest)
                + " with a vocabulary of "
                + vocabulary);
      }
      return tokens;
      // Damaged Parquet causes many kinds of unchecked exceptions, and a damaged length may request
      // any amount of memory.
    } catch (IOException | RuntimeException | OutOfMemoryError failure) {
      if (hasStorageFailed(failure)) {
        throw new UnreachableCorpusException(corpus.directory().path(shard.file()), failure);
      }
      throw corpus.damaged(shard, TaskFailures.rootMessage(failure), failure);
    }
  }

  private static boolean hasStorageFailed(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnreadableFileException) {
        return true;
      }
    }
    return false;
  }

  private ShardFile file(int index) throws IOException {
    ShardFile open = files.get(index);
    if (open == null) {
      ShardFile eldest = dropEldest(files, OPEN_SHARDS);
      if (eldest != null) {
        eldest.close();
      }
      Shard shard = shards.get(index);
      CorpusDirectory directory = corpus.directory();
      open =
          new ShardFile(
              new ShardInput(directory.files(), directory.path(shard.file()), shard.bytes()),
              shard,
              blockTokens * width.bytes());
      files.put(index, open);
    }
    return open;
  }

  /** Evicts the eldest entry if the map is full; returns it, or null. */
  private static <K, V> V dropEldest(Map<K, V> recent, int most) {
    if (recent.size() < most) {
      return null;
    }
    Iterator<V> eldest = recent.values().iterator();
    V dropped = eldest.next();
    eldest.remove();
    return dropped;
  }

  @Override
  public void close() throws IOException {
    rowGroups.clear();
    IOException failure = null;
    for (ShardFile file : files.values()) {
      try {
        file.close();
      } catch (IOException another) {
        if (failure == null) {
          failure = another;
        } else {
          failure.addSuppressed(another);
        }
      }
    }
    files.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
