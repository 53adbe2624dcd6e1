package dev.larkspur.document;

import java.io.Serializable;
import java.util.List;

/**
 * A source of documents.
 *
 * @param paths files, directories (read through all levels, names with a leading {@code _} or
 *     {@code .} skipped) and globs on any Hadoop file system; at least one
 * @param format of the files
 * @param fields names of columns and fields
 * @param limits how much bad input is tolerated
 */
public record DocumentSource(
    List<String> paths, DocumentFormat format, DocumentFields fields, RejectionLimits limits)
    implements Serializable {
  /** Checks that there is a path. */
  public DocumentSource {
    if (paths.isEmpty()) {
      throw new DocumentException("No documents are named: give at least one path or glob.");
    }
    paths = List.copyOf(paths);
  }

  /** A source with the fields of RefinedWeb and the default limits. */
  public DocumentSource(List<String> paths, DocumentFormat format) {
    this(paths, format, DocumentFields.REFINED_WEB, RejectionLimits.USUAL);
  }

  /**
   * Names of the columns of Parquet files and of the fields of JSON lines.
   *
   * @param content the text; every record must have it
   * @param url the address; records and files without it give documents without an address
   */
  public record DocumentFields(String content, String url) implements Serializable {
    /** The fields of RefinedWeb. */
    public static final DocumentFields REFINED_WEB = new DocumentFields("content", "url");

    /** Checks that the names are non-empty and different. */
    public DocumentFields {
      if (content.isBlank() || url.isBlank() || content.equals(url)) {
        throw new DocumentException(
            "The document fields '"
                + content
                + "' (content) and '"
                + url
                + "' (url) must be two different names: correct the document fields.");
      }
    }
  }
}
