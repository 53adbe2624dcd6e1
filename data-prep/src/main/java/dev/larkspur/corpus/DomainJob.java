package dev.larkspur.corpus;

import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.TaskFailures;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/** Counts the records of each host in the document files of a corpus, by their {@code url}. */
public final class DomainJob {
  private static final StructType URL = new StructType().add("url", DataTypes.StringType);
  private static final String WWW = "www.";

  private DomainJob() {}

  /**
   * The hosts with the most records, the largest first; {@code www.} does not count as part of a
   * name. Records without an address of a host are not counted.
   *
   * @param most hosts that are returned
   * @throws DocumentException if a file is gone or cannot be read
   */
  public static List<DomainCount> run(SparkSession spark, CorpusManifest manifest, int most) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.setJobDescription("counting domains");
    try {
      JavaRDD<Row> urls = context.emptyRDD();
      for (DocumentFormat format : List.of(DocumentFormat.PARQUET, DocumentFormat.JSONL)) {
        String[] files =
            manifest.parts().stream()
                .flatMap(
                    part ->
                        part.inputs().stream()
                            .map(InputFile::file)
                            .filter(file -> part.format().of(file) == format))
                .toArray(String[]::new);
        if (files.length > 0) {
          urls = urls.union(read(spark, format, files).javaRDD());
        }
      }
      return urls.flatMap(url -> Arrays.stream(host(url)).iterator())
          .mapToPair(host -> new Tuple2<>(host, 1L))
          .reduceByKey(Long::sum)
          .map(pair -> new DomainCount(pair._1(), pair._2()))
          .takeOrdered(most, new LargestFirst());
      // Scala code throws checked exceptions without saying so.
    } catch (Exception failure) {
      throw new DocumentException(
          "Cannot read the addresses of the documents that the corpus was made from ("
              + TaskFailures.rootMessage(failure)
              + "): put the files back where prepare read them, or do without the domains.",
          failure);
    } finally {
      context.setJobDescription(null);
    }
  }

  private static Dataset<Row> read(SparkSession spark, DocumentFormat format, String[] files) {
    return format == DocumentFormat.PARQUET
        ? spark.read().schema(URL).parquet(files)
        : spark.read().schema(URL).json(files);
  }

  /** The host of an address; none if there is none. */
  static String[] host(Row row) {
    if (row.isNullAt(0)) {
      return new String[0];
    }
    try {
      String host = new URI(row.getString(0).strip()).getHost();
      if (host == null) {
        return new String[0];
      }
      String lower = host.toLowerCase(Locale.ROOT);
      return new String[] {lower.startsWith(WWW) ? lower.substring(WWW.length()) : lower};
    } catch (URISyntaxException noAddress) {
      return new String[0];
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
}
