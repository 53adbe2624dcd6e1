package dev.larkspur.document;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Some pieces of the files of a {@link DocumentSet}. */
public final class DocumentSample {
  private final List<DocumentPart> parts;
  private final long bytes;

  DocumentSample(List<DocumentPart> parts, long bytes) {
    this.parts = List.copyOf(parts);
    this.bytes = bytes;
  }

  /** The length of all pieces together, as they lie in the files. */
  public long bytes() {
    return bytes;
  }

  /** One piece for each task. */
  public JavaRDD<DocumentPart> parts(JavaSparkContext context) {
    return context.parallelize(parts, Math.max(1, parts.size()));
  }
}
