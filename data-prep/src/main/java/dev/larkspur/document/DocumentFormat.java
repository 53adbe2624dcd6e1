package dev.larkspur.document;

import java.util.Locale;

/** How documents lie in files. */
public enum DocumentFormat {
  /**
   * Told by each file's name, compressed or not: {@code .parquet}; {@code .jsonl}, {@code .json},
   * {@code .ndjson}; {@code .txt}; {@code .warc}, {@code .wet}.
   */
  AUTO,
  /** Parquet; only the columns of the {@link DocumentFields} are read. */
  PARQUET,
  /** One JSON object a line, plain or compressed ({@code .gz}, {@code .zst}). */
  JSONL,
  /** Plain text in UTF-8, a document each file, plain or compressed. */
  TEXT,
  /**
   * WARC (ISO 28500), plain or compressed: records of extracted text ("conversion", as in Common
   * Crawl's WET files), and responses and resources in plain text or HTML.
   */
  WARC;

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
    if (name.endsWith(".txt")) {
      return TEXT;
    }
    if (name.endsWith(".warc") || name.endsWith(".wet")) {
      return WARC;
    }
    throw new DocumentException(
        "The name of "
            + file
            + " does not tell the format of its documents: set the document format to parquet,"
            + " jsonl, text or warc, or leave the file out.");
  }

  /** Whether several tasks can read parts of one file. */
  boolean divisible(String file) {
    return this == PARQUET || (this == JSONL && Compression.of(file) == Compression.NONE);
  }
}
