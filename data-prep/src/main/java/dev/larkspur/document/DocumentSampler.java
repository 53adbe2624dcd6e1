package dev.larkspur.document;

import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.storage.TransientFailures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Samples pieces of files at positions that are spread evenly over the bytes of all files for any
 * number of samples: multiples of the golden ratio, modulo 1.
 */
public final class DocumentSampler {
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final long PIECE_BYTES = 2L << 20;
  private static final int TRIES_EACH = 4;

  private final DocumentSet set;
  private final Configuration conf;
  private final long[] ends; // [file] bytes of the files up to its end
  private final Map<Integer, List<BlockMetaData>> rowGroups = new HashMap<>();

  DocumentSampler(DocumentSet set, Configuration conf) {
    this.set = set;
    this.conf = conf;
    this.ends = new long[set.files().size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += set.files().get(i).bytes();
      ends[i] = end;
    }
  }

  DocumentSample sample(long sampleBytes) throws IOException {
    long all = set.bytes();
    if (sampleBytes >= all) {
      return new DocumentSample(set.cut(PIECE_BYTES), all);
    }
    // By file and start, because several positions may fall into one piece.
    Map<List<Long>, DocumentSlice> pieces = new LinkedHashMap<>();
    long bytes = 0;
    long tries = TRIES_EACH * (sampleBytes / PIECE_BYTES + 1);
    for (long k = 1; bytes < Math.max(1, sampleBytes) && k <= tries; k++) {
      double place = k * GOLDEN;
      DocumentSlice piece = piece((long) ((place - Math.floor(place)) * all));
      if (pieces.put(List.of((long) piece.fileIndex(), piece.start()), piece) == null) {
        bytes += piece.end() - piece.start();
      }
    }
    List<DocumentPartition> parts = new ArrayList<>();
    pieces.values().forEach(piece -> parts.add(set.part(new ArrayList<>(List.of(piece)))));
    return new DocumentSample(parts, bytes);
  }

  private DocumentSlice piece(long place) throws IOException {
    int found = Arrays.binarySearch(ends, place);
    // A position at the end of a file belongs to the next one that is not empty.
    int index = found < 0 ? -found - 1 : found + 1;
    while (set.files().get(index).bytes() == 0) {
      index++;
    }
    DocumentFile file = set.files().get(index);
    long offset = place - (ends[index] - file.bytes());
    DocumentSlice slice = set.slice(index, 0, file.bytes());
    if (!slice.format().divisible(file.file())) {
      return slice;
    }
    if (slice.format() == DocumentFormat.PARQUET) {
      return rowGroup(index, offset);
    }
    long start = offset / PIECE_BYTES * PIECE_BYTES;
    return set.slice(index, start, Math.min(file.bytes(), start + PIECE_BYTES));
  }

  /**
   * The row group at a position, or the last one before it, because the footer has no documents.
   */
  private DocumentSlice rowGroup(int index, long offset) throws IOException {
    List<BlockMetaData> groups = rowGroups.get(index);
    if (groups == null) {
      String path = set.files().get(index).file();
      try (ParquetFileReader reader = ParquetFileReader.open(SourceFile.parquet(path, conf))) {
        groups = reader.getFooter().getBlocks();
      } catch (RuntimeException damaged) {
        if (TransientFailures.hasTransientCause(damaged)) {
          throw damaged;
        }
        throw new DocumentException(
            "Cannot read the footer of " + path + ": replace the file or exclude it.", damaged);
      }
      rowGroups.put(index, groups);
    }
    BlockMetaData chosen = null;
    for (BlockMetaData group : groups) {
      if (chosen == null || group.getStartingPos() <= offset) {
        chosen = group;
      }
    }
    return chosen == null
        ? set.slice(index, 0, set.files().get(index).bytes())
        : set.slice(
            index, chosen.getStartingPos(), chosen.getStartingPos() + chosen.getCompressedSize());
  }

  /** A sample of the files of a {@link DocumentSet}. */
  public static final class DocumentSample {
    private final List<DocumentPartition> parts;
    private final long bytes;

    DocumentSample(List<DocumentPartition> parts, long bytes) {
      this.parts = List.copyOf(parts);
      this.bytes = bytes;
    }

    /** Total size of the pieces in the files, in bytes. */
    public long bytes() {
      return bytes;
    }

    /** The partitions, one piece each. */
    public JavaRDD<DocumentPartition> parts(JavaSparkContext context) {
      return context.parallelize(parts, Math.max(1, parts.size()));
    }
  }
}
