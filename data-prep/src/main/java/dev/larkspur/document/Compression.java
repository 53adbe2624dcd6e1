package dev.larkspur.document;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** How a file of JSON lines is compressed, told by its name. */
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

  /** The plain bytes of a stream; ends with an IOException where the compressed data are cut. */
  InputStream open(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> GzipMembers.joined(in);
      // Hadoop's own zstd codec needs a native libhadoop, which clusters often lack.
      case ZSTD -> new ZstdInputStream(in);
    };
  }
}
