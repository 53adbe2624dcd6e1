package dev.larkspur.document;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Looks into all Parquet files before any is read: a column that one lacks costs no hours. */
final class ParquetCheck {
  private ParquetCheck() {}

  /**
   * Checks columns and compression.
   *
   * @param files with the fields that are to be read
   * @throws DocumentException that names the first file that cannot be read
   */
  static void run(JavaSparkContext context, List<Tuple2<String, DocumentFields>> files) {
    if (files.isEmpty()) {
      return;
    }
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    context.setJobDescription("checking columns of Parquet files");
    List<String> problems =
        context
            .parallelize(files, Math.min(files.size(), 2 * context.defaultParallelism()))
            .mapPartitions(names -> List.of(problems(names, conf.value().value())).iterator())
            .collect()
            .stream()
            .flatMap(List::stream)
            .toList();
    conf.destroy();
    if (!problems.isEmpty()) {
      int others = problems.size() - 1;
      throw new DocumentException(
          problems.get(0) + (others == 0 ? "" : " " + others + " more files are like it."));
    }
  }

  private static List<String> problems(
      Iterator<Tuple2<String, DocumentFields>> files, Configuration conf) {
    List<String> problems = new ArrayList<>();
    while (files.hasNext()) {
      Tuple2<String, DocumentFields> file = files.next();
      Optional<String> problem = ParquetDocuments.problem(file._1(), file._2(), conf);
      problem.ifPresent(problems::add);
    }
    return problems;
  }
}
