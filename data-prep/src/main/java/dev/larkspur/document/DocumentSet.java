package dev.larkspur.document;

import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentSampler.DocumentSample;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.ParquetDocuments.ParquetCheck;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.SharedFiles;
import dev.larkspur.storage.TaskFailures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The files that one or more {@link DocumentSource}s name, listed once, and their partitioning into
 * tasks.
 */
public final class DocumentSet {
  private static final String SLICE_SETTING = "spark.sql.files.maxPartitionBytes";
  private static final String LARGEST_SLICE = "128m";
  private static final long SMALLEST_SLICE = 1L << 20;
  private static final int SLICES_PER_CORE = 4;

  private final List<DocumentFile> files;
  private final List<DocumentSource> sources;

  private DocumentSet(List<DocumentFile> files, List<DocumentSource> sources) {
    this.files = List.copyOf(files);
    this.sources = List.copyOf(sources);
  }

  /**
   * Lists the files, each once, ordered by path.
   *
   * @throws DocumentException naming a path that matches nothing, cannot be listed, or whose format
   *     is not known
   */
  public static DocumentSet list(DocumentSource source, Configuration conf) {
    return list(List.of(source), conf);
  }

  /**
   * Lists the files of several sources, each once, ordered by source and path.
   *
   * @param sources at least one, all with the same limits
   * @throws DocumentException naming a path that matches nothing, cannot be listed, or whose format
   *     is not known, or a file that two sources name
   */
  public static DocumentSet list(List<DocumentSource> sources, Configuration conf) {
    List<DocumentFile> files = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (int index = 0; index < sources.size(); index++) {
      DocumentFinder finder = find(sources.get(index), conf);
      for (Map.Entry<String, Long> file : finder.found().entrySet()) {
        if (!known.add(finder.realPath(file.getKey()))) {
          throw new DocumentException(
              file.getKey()
                  + " belongs to several sources of documents: correct the paths, so that"
                  + " each file is in one.");
        }
        files.add(new DocumentFile(file.getKey(), file.getValue(), index));
      }
    }
    return new DocumentSet(files, sources);
  }

  /** Lists paths and lengths. */
  private static DocumentFinder find(DocumentSource source, Configuration conf) {
    DocumentFinder finder = new DocumentFinder();
    for (String path : source.paths()) {
      try {
        Path pattern = QualifiedPath.given(path);
        FileSystem files = PrivateBuffers.fileSystem(pattern, conf);
        FileStatus[] matches = SourceFile.matches(files, pattern, conf);
        if (matches == null || matches.length == 0) {
          throw new DocumentException(
              "No document file matches " + path + ": correct the path or glob.");
        }
        boolean any = false;
        for (FileStatus match : matches) {
          any |= finder.add(files, match);
        }
        if (!any) {
          throw new DocumentException(
              "There is no document file in " + path + ": correct the path or glob.");
        }
      } catch (IOException | IllegalArgumentException failure) {
        throw new DocumentException(
            "Cannot list the documents at "
                + path
                + " ("
                + SourceFile.reason(failure)
                + "): correct the path or the access to its file system.",
            failure);
      }
    }
    finder.found().keySet().forEach(source.format()::of);
    return finder;
  }

  /**
   * A set of known files; nothing is listed.
   *
   * @param sources that {@link DocumentFile#source} refers to
   */
  public static DocumentSet of(List<DocumentFile> files, List<DocumentSource> sources) {
    return new DocumentSet(files, sources);
  }

  /** The files, ordered by source and path. */
  public List<DocumentFile> files() {
    return files;
  }

  /** The files that match a condition. */
  public DocumentSet only(Predicate<DocumentFile> condition) {
    return new DocumentSet(files.stream().filter(condition).toList(), sources);
  }

  /** The same files with other limits for bad input. */
  public DocumentSet within(RejectionLimits limits) {
    return new DocumentSet(
        files,
        sources.stream()
            .map(
                source ->
                    new DocumentSource(source.paths(), source.format(), source.fields(), limits))
            .toList());
  }

  /**
   * Samples the files evenly.
   *
   * @param sampleBytes approximate size of all pieces: a file or row group that cannot be split is
   *     one piece
   */
  public DocumentSample sample(long sampleBytes, Configuration conf) throws IOException {
    return new DocumentSampler(this, conf).sample(sampleBytes);
  }

  DocumentSlice slice(int index, long start, long end) {
    DocumentFile file = files.get(index);
    DocumentSource source = sources.get(file.source());
    return new DocumentSlice(
        file.file(),
        index,
        file.source(),
        source.format().of(file.file()),
        source.fields(),
        start,
        end);
  }

  /**
   * Checks the metadata of files before any document is read.
   *
   * @throws DocumentException naming a Parquet file without a column of text, or compressed in a
   *     way that cannot be read
   */
  public void requireReadable(SparkContext spark) {
    List<Tuple2<String, DocumentFields>> parquet = new ArrayList<>();
    for (DocumentFile file : files) {
      DocumentSource source = sources.get(file.source());
      if (source.format().of(file.file()) == DocumentFormat.PARQUET) {
        parquet.add(new Tuple2<>(file.file(), source.fields()));
      }
    }
    ParquetCheck.run(JavaSparkContext.fromSparkContext(spark), parquet);
  }

  /** The total size of all files, in bytes. */
  public long bytes() {
    return files.stream().mapToLong(DocumentFile::bytes).sum();
  }

  /**
   * Partitions the documents into tasks of about equal size: a few for each core, none larger than
   * {@code spark.sql.files.maxPartitionBytes}, unless a file cannot be split.
   */
  public JavaRDD<DocumentPartition> parts(SparkContext spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    requireSeen(context);
    long largest = spark.getConf().getSizeAsBytes(SLICE_SETTING, LARGEST_SLICE);
    long even = bytes() / ((long) SLICES_PER_CORE * context.defaultParallelism());
    RejectionLimits limits = DocumentMemory.decided(sources.get(0).limits(), context.getConf());
    List<DocumentPartition> parts =
        within(limits).cut(Math.min(largest, Math.max(SMALLEST_SLICE, even)));
    return context.parallelize(parts, parts.size());
  }

  /** Checks that executors see one file of each directory. */
  private void requireSeen(JavaSparkContext context) {
    Map<Path, Path> ofEach = new LinkedHashMap<>();
    for (DocumentFile file : files) {
      Path path = new Path(file.file());
      ofEach.putIfAbsent(path.getParent(), path);
    }
    try {
      SharedFiles.requireSeen(context, List.copyOf(ofEach.values()));
    } catch (IOException failure) {
      throw new DocumentException(
          "Cannot access the documents ("
              + TaskFailures.rootMessage(failure)
              + "): correct the access to their file system.",
          failure);
    }
  }

  List<DocumentPartition> cut(long sliceBytes) {
    List<DocumentSlice> slices = new ArrayList<>();
    for (int index = 0; index < files.size(); index++) {
      DocumentFile file = files.get(index);
      DocumentFormat kind = sources.get(file.source()).format().of(file.file());
      long step = kind.divisible(file.file()) ? sliceBytes : Long.MAX_VALUE;
      long start = 0;
      do {
        long end = file.bytes() - start <= step ? file.bytes() : start + step;
        slices.add(slice(index, start, end));
        start = end;
      } while (start < file.bytes());
    }
    // Large slices first, so that the last tasks are short.
    slices.sort(Comparator.comparingLong((DocumentSlice slice) -> slice.start() - slice.end()));
    return gather(slices, sliceBytes);
  }

  private List<DocumentPartition> gather(List<DocumentSlice> slices, long sliceBytes) {
    List<DocumentPartition> parts = new ArrayList<>();
    List<DocumentSlice> part = new ArrayList<>();
    long size = 0;
    for (DocumentSlice slice : slices) {
      long bytes = slice.end() - slice.start();
      if (!part.isEmpty() && size + bytes > sliceBytes) {
        parts.add(part(part));
        part = new ArrayList<>();
        size = 0;
      }
      part.add(slice);
      size += bytes;
    }
    parts.add(part(part));
    return parts;
  }

  DocumentPartition part(List<DocumentSlice> slices) {
    // Positions of documents ascend, so that data about them can be merged while reading.
    slices.sort(
        Comparator.comparingInt(DocumentSlice::fileIndex).thenComparingLong(DocumentSlice::start));
    return new DocumentPartition(slices, sources.get(0).limits());
  }

  /**
   * A document file.
   *
   * @param file its full path, with the scheme of its file system
   * @param bytes its length
   * @param source index of the {@link DocumentSource} that names it
   */
  public record DocumentFile(String file, long bytes, int source) {}
}
