package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentStream;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SkipReason;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.TaskFailures;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Counts the documents of each host in the document files of a corpus, before any curation. */
public final class DomainJob {
  private static final String WWW = "www.";

  /** Not plain text, whose address is the place of its file. */
  private static final List<DocumentFormat> WITH_ADDRESSES =
      List.of(DocumentFormat.PARQUET, DocumentFormat.JSONL, DocumentFormat.WARC);

  private DomainJob() {}

  /**
   * The hosts with the most documents, the largest first; {@code www.} does not count as part of a
   * name. Documents without an address of a host are not counted. Addresses are read as they were
   * when the corpus was made: from the same fields, or from the WARC records.
   *
   * @param most hosts that are returned
   * @throws DocumentException if a file is gone or cannot be read
   */
  public static List<DomainCount> run(SparkSession spark, CorpusManifest manifest, int most) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    context.setJobDescription("counting domains");
    try {
      return new TakenDocuments(manifest)
          .among(WITH_ADDRESSES)
          .parts(spark)
          .mapPartitionsToPair(new HostTask(conf))
          .reduceByKey(Long::sum)
          .map(pair -> new DomainCount(pair._1(), pair._2()))
          .takeOrdered(most, new LargestFirst());
      // Scala code throws checked exceptions without saying so.
    } catch (Exception failure) {
      throw new DocumentException(
          "Cannot read the addresses of the documents that the corpus was made from ("
              + reason(failure)
              + "): put the files back where prepare read them, or do without the domains.",
          failure);
    } finally {
      context.setJobDescription(null);
      conf.destroy();
    }
  }

  private static String reason(Exception failure) {
    RuntimeException found = TaskFailures.unwrap(failure);
    return found instanceof LarkspurException
        ? found.getMessage()
        : TaskFailures.rootMessage(failure);
  }

  /** The host of an address; empty if it has none. */
  static Optional<String> host(String url) {
    try {
      return Optional.ofNullable(new URI(url.strip()).getHost())
          .map(host -> host.toLowerCase(Locale.ROOT))
          .map(host -> host.startsWith(WWW) ? host.substring(WWW.length()) : host);
    } catch (URISyntaxException noAddress) {
      return Optional.empty();
    }
  }

  /** The hosts of the documents of one task, counted. */
  private static final class HostTask
      implements PairFlatMapFunction<Iterator<DocumentPartition>, String, Long> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SerializableConfiguration> conf;

    HostTask(Broadcast<SerializableConfiguration> conf) {
      this.conf = conf;
    }

    @Override
    public Iterator<Tuple2<String, Long>> call(Iterator<DocumentPartition> parts)
        throws IOException {
      Map<String, Long> counts = new HashMap<>();
      while (parts.hasNext()) {
        try (DocumentStream documents = parts.next().open(conf.value().value())) {
          documents.forEachRemaining(
              document ->
                  host(document.url()).ifPresent(host -> counts.merge(host, 1L, Long::sum)));
        }
      }
      return counts.entrySet().stream()
          .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
          .iterator();
    }
  }

  private static final class LargestFirst implements Comparator<DomainCount>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(DomainCount one, DomainCount other) {
      int bySize = Long.compare(other.documents(), one.documents());
      return bySize != 0 ? bySize : one.domain().compareTo(other.domain());
    }
  }

  /**
   * The documents of one host.
   *
   * @param domain name of the host
   * @param documents whose address names it
   */
  public record DomainCount(String domain, long documents) implements Serializable {}

  /** The documents that a corpus has taken, to be read again as they were read. */
  private static final class TakenDocuments {
    private final CorpusManifest manifest;
    private final RejectionLimits limits;
    private final List<DocumentFile> files = new ArrayList<>();
    private final List<DocumentSource> sources = new ArrayList<>();

    TakenDocuments(CorpusManifest manifest) {
      this.manifest = manifest;
      // What the corpus has tolerated is tolerated again.
      long damages = manifest.documents().skipped().getOrDefault(SkipReason.DAMAGED, 0L);
      this.limits = new RejectionLimits(RejectionLimits.UNLIMITED, Math.toIntExact(damages));
    }

    /** Those in files of certain formats. */
    DocumentSet among(List<DocumentFormat> formats) {
      for (CorpusPart part : manifest.parts()) {
        if (part.sources().isEmpty()) {
          add(part.inputs(), part.format(), fields(), formats);
        }
        int first = 0;
        for (SourceShare source : part.sources()) {
          List<InputFile> own = part.inputs().subList(first, first + source.input().files());
          add(own, source.input().format(), source.input().fields(), formats);
          first += source.input().files();
        }
      }
      return DocumentSet.of(files, sources);
    }

    private void add(
        List<InputFile> inputs,
        DocumentFormat format,
        DocumentFields fields,
        List<DocumentFormat> formats) {
      List<InputFile> readable =
          inputs.stream().filter(input -> formats.contains(format.of(input.file()))).toList();
      if (!readable.isEmpty()) {
        for (InputFile input : readable) {
          files.add(new DocumentFile(input.file(), input.bytes(), sources.size()));
        }
        List<String> paths = readable.stream().map(InputFile::file).toList();
        sources.add(new DocumentSource(paths, format, fields, limits));
      }
    }

    private DocumentFields fields() {
      Map<String, String> recipe = manifest.recipe();
      return new DocumentFields(
          recipe.getOrDefault("fields.content", DocumentFields.REFINED_WEB.content()),
          recipe.getOrDefault("fields.url", DocumentFields.REFINED_WEB.url()));
    }
  }
}
