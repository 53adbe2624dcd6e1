package dev.larkspur.document;

import com.github.luben.zstd.ZstdInputStream;
import dev.larkspur.document.DocumentSource.DocumentFields;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** The format of document files. */
public enum DocumentFormat {
  /**
   * Determined by the name of each file, compressed or not: {@code .parquet}; {@code .jsonl},
   * {@code .json}, {@code .ndjson}; {@code .txt}; {@code .warc}, {@code .wet}.
   */
  AUTO,
  /** Parquet; only the columns of the {@link DocumentFields} are read. */
  PARQUET,
  /** One JSON object per line, plain or compressed ({@code .gz}, {@code .zst}). */
  JSONL,
  /** Plain text in UTF-8, one document per file, plain or compressed. */
  TEXT,
  /**
   * WARC (ISO 28500), plain or compressed: records of extracted text ("conversion", as in Common
   * Crawl's WET files), and responses and resources in plain text or HTML.
   */
  WARC;

  /**
   * The format of one file.
   *
   * @throws DocumentException if this is {@link #AUTO} and the name does not determine the format
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
            + " does not determine its format: set the document format to parquet,"
            + " jsonl, text or warc, or exclude the file.");
  }

  /** Whether a file can be split among tasks. */
  boolean divisible(String file) {
    return this == PARQUET || (this == JSONL && Compression.of(file) == Compression.NONE);
  }

  /** The compression of a file of JSON lines, by its name. */
  enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    private final String suffix;

    Compression(String suffix) {
      this.suffix = suffix;
    }

    static Compression of(String file) {
      String name = file.toLowerCase(Locale.ROOT);
      return name.endsWith(GZIP.suffix) ? GZIP : name.endsWith(ZSTD.suffix) ? ZSTD : NONE;
    }

    String strip(String file) {
      return file.substring(0, file.length() - suffix.length());
    }

    /** Decompresses a stream; throws an IOException if the compressed data are truncated. */
    InputStream open(InputStream in) throws IOException {
      return switch (this) {
        case NONE -> in;
        case GZIP -> GzipMembers.joined(in);
        // Hadoop's own zstd codec needs a native libhadoop, which clusters often lack.
        case ZSTD -> new ZstdInputStream(in);
      };
    }
  }
}
