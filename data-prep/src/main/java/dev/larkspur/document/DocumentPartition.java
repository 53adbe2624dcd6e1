package dev.larkspur.document;

import dev.larkspur.document.DocumentSource.DocumentFields;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** The input of one task: slices of one or more files. */
public final class DocumentPartition implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<DocumentSlice> slices;
  private final RejectionLimits limits;

  DocumentPartition(List<DocumentSlice> slices, RejectionLimits limits) {
    this.slices = List.copyOf(slices);
    this.limits = limits;
  }

  /** Opens the documents of this partition; the stream must be closed. */
  public DocumentStream open(Configuration conf) {
    return new DocumentStream(slices, limits, conf);
  }

  /**
   * A range of a file that one task reads.
   *
   * @param fileIndex index of the file in {@link DocumentSet#files}
   * @param source index of the source in the set
   * @param fields names of the source's columns and fields
   * @param start first byte; a line belongs to the slice that contains its start, a row group to
   *     the one that contains its middle
   * @param end byte after the last
   */
  record DocumentSlice(
      String file,
      int fileIndex,
      int source,
      DocumentFormat format,
      DocumentFields fields,
      long start,
      long end)
      implements Serializable {}
}
