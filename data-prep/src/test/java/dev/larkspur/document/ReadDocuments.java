package dev.larkspur.document;

import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** What a reader makes of one file or folder. */
record ReadDocuments(List<Document> documents, DocumentReport report) {
  private static final Configuration CONF = new Configuration();

  static ReadDocuments of(Path file, RejectionLimits limits) throws IOException {
    return of(file, limits, Long.MAX_VALUE);
  }

  static ReadDocuments of(Path file, RejectionLimits limits, long sliceBytes) throws IOException {
    DocumentSource source =
        new DocumentSource(
            List.of(file.toString()), DocumentFormat.AUTO, DocumentFields.REFINED_WEB, limits);
    List<Document> documents = new ArrayList<>();
    DocumentReport report = DocumentReport.NONE;
    for (DocumentPartition part : DocumentSet.list(source, CONF).cut(sliceBytes)) {
      try (DocumentStream stream = part.open(CONF)) {
        stream.forEachRemaining(documents::add);
        report = report.plus(stream.report(Map.of()));
      }
    }
    return new ReadDocuments(documents, report);
  }

  /** No damage is tolerated, any number of bad records is. */
  static ReadDocuments of(Path file) throws IOException {
    return of(file, new RejectionLimits(RejectionLimits.UNLIMITED, 0));
  }

  /** Documents of at most so many bytes. */
  static ReadDocuments bounded(Path file, long documentBytes) throws IOException {
    return of(file, new RejectionLimits(RejectionLimits.UNLIMITED, 1, 0, documentBytes));
  }

  List<String> texts() {
    return documents.stream().map(Document::content).toList();
  }

  List<SkipReason> reasons() {
    return report.rejected().stream().map(RejectedRecord::reason).toList();
  }

  List<Long> rejectedPositions() {
    return report.rejected().stream().map(RejectedRecord::position).toList();
  }
}
