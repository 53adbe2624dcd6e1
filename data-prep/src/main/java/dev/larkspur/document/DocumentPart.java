package dev.larkspur.document;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** What one task reads: slices of one or more files. */
public final class DocumentPart implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<DocumentSlice> slices;
  private final RejectionLimits limits;

  DocumentPart(List<DocumentSlice> slices, RejectionLimits limits) {
    this.slices = List.copyOf(slices);
    this.limits = limits;
  }

  /** Opens the documents of this part; the stream must be closed. */
  public DocumentStream open(Configuration conf) {
    return new DocumentStream(slices, limits, conf);
  }
}
