package dev.larkspur.document;

import java.io.Serializable;

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
