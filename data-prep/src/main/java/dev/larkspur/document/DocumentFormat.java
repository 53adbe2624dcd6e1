package dev.larkspur.document;

import java.util.Locale;

/** How documents lie in files. Every record needs a text column or field {@code content}. */
public enum DocumentFormat {
  /** Told by each file's name: {@code .parquet}; {@code .jsonl}, {@code .json}, {@code .ndjson}. */
  AUTO,
  /** Parquet; only the column {@code content} is read. */
  PARQUET,
  /** One JSON object a line, plain or compressed ({@code .gz}, {@code .zst}). */
  JSONL;

  /**
   * The format of one file.
   *
   * @throws DocumentException if this is {@link #AUTO} and the name does not tell
   */
  public DocumentFormat of(String file) {
    if (this != AUTO) {
      return this;
    }
    String name = Compression.of(file).strip(file).toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return PARQUET;
    }
    if (name.endsWith(".jsonl") || name.endsWith(".json") || name.endsWith(".ndjson")) {
      return JSONL;
    }
    throw new DocumentException(
        "The name of "
            + file
            + " does not tell the format of its documents: set the document format to parquet or"
            + " jsonl, or leave the file out.");
  }
}
