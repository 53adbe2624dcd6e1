package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
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
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Counts the documents of each host in the document files of a corpus, before any curation. */
public final class DomainJob {
  private static final String WWW = "www.";

  /** Excludes plain text, whose address is the path of its file. */
  private static final List<DocumentFormat> WITH_ADDRESSES =
      List.of(DocumentFormat.PARQUET, DocumentFormat.JSONL, DocumentFormat.WARC);

  private DomainJob() {}

  /**
   * Returns the hosts with the most documents, in descending order, without a leading {@code www.}.
   * Documents without a host are not counted. Addresses come from the same fields or WARC records
   * as when the corpus was built.
   *
   * @param most largest number of hosts to return
   * @throws DocumentException if a file does not exist or cannot be read
   */
  public static List<DomainCount> run(SparkContext spark, CorpusManifest manifest, int most) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
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
      // Scala code throws checked exceptions without declaring them.
    } catch (Exception failure) {
      throw new DocumentException(
          "Cannot read the addresses of the documents that the corpus was built from ("
              + reason(failure)
              + "): restore the files where prepare read them, or omit the domains.",
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

  /** Counts the hosts of the documents of one task. */
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
   * @param documents number of documents with this host
   */
  public record DomainCount(String domain, long documents) implements Serializable {}

  /** Reads the documents of a corpus again, in the way in which they were read before. */
  private static final class TakenDocuments {
    private final CorpusManifest manifest;
    private final RejectionLimits limits;
    private final List<DocumentFile> files = new ArrayList<>();
    private final List<DocumentSource> sources = new ArrayList<>();

    TakenDocuments(CorpusManifest manifest) {
      this.manifest = manifest;
      // Bad records that the corpus has tolerated are tolerated again.
      long damages = manifest.documents().skipped().getOrDefault(SkipReason.DAMAGED, 0L);
      this.limits = new RejectionLimits(RejectionLimits.UNLIMITED, Math.toIntExact(damages));
    }

    /** The documents in files of some formats. */
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
