package dev.larkspur.document;

import java.io.Serializable;
import java.util.List;

/**
 * Where documents come from.
 *
 * @param paths files, directories (read through all levels, names with a leading {@code _} or
 *     {@code .} skipped) and globs on any Hadoop file system; at least one
 * @param format how they are written
 * @param fields names of columns and fields
 * @param limits how much bad input is tolerated
 */
public record DocumentSource(
    List<String> paths, DocumentFormat format, DocumentFields fields, RejectionLimits limits)
    implements Serializable {
  /** Refuses an empty list of paths. */
  public DocumentSource {
    if (paths.isEmpty()) {
      throw new DocumentException("No documents are named: give at least one path or glob.");
    }
    paths = List.copyOf(paths);
  }

  /** Documents with the fields of RefinedWeb and the usual limits. */
  public DocumentSource(List<String> paths, DocumentFormat format) {
    this(paths, format, DocumentFields.REFINED_WEB, RejectionLimits.USUAL);
  }
}
