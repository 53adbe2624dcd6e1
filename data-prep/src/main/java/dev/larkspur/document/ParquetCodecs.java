package dev.larkspur.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.brotli.dec.BrotliInputStream;

/** The codecs of Parquet's library, and Brotli, for which it has a name only. */
final class ParquetCodecs {
  private final CodecFactory codecs;

  ParquetCodecs(Configuration conf) {
    codecs = new CodecFactory(conf, 0);
  }

  /**
   * Takes one codec's compression off pages.
   *
   * @throws DocumentException if it is not there
   */
  BytesInputDecompressor of(CompressionCodecName codec, String file) {
    if (codec == CompressionCodecName.BROTLI) {
      return new Brotli();
    }
    try {
      return codecs.getDecompressor(codec);
    } catch (RuntimeException | LinkageError missing) {
      throw new DocumentException(
          file
              + " is compressed with "
              + codec
              + ", which Larkspur does not read: rewrite it, with ZSTD for example, or leave the"
              + " file out.");
    }
  }

  void release() {
    codecs.release();
  }

  private static final class Brotli implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      try (InputStream in =
          new BrotliInputStream(new ByteArrayInputStream(bytes.toInputStream().readAllBytes()))) {
        byte[] plain = in.readNBytes(size);
        if (plain.length < size) {
          throw new IOException("the Brotli data of a page are cut");
        }
        return BytesInput.from(plain);
      }
    }

    @Override
    public void decompress(ByteBuffer from, int stored, ByteBuffer to, int size)
        throws IOException {
      byte[] bytes = new byte[stored];
      from.get(bytes);
      to.put(decompress(BytesInput.from(bytes), size).toInputStream().readAllBytes());
    }

    @Override
    public void release() {}
  }
}
