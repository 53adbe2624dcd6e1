package dev.larkspur.store;

import dev.larkspur.document.Sha256;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/** Streams that count and hash what passes. */
final class HashingStreams {
  private HashingStreams() {}

  static final class Output extends FilterOutputStream {
    private final MessageDigest digest = Sha256.digest();
    private long bytes;

    Output(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      digest.update((byte) value);
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      digest.update(source, offset, length);
      bytes += length;
    }

    /** What was written; call it once, when all is. */
    StoredFile as(String name) {
      return new StoredFile(name, bytes, Sha256.hex(digest));
    }
  }

  static final class Input extends FilterInputStream {
    private final MessageDigest digest = Sha256.digest();

    Input(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value >= 0) {
        digest.update((byte) value);
      }
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = in.read(into, offset, length);
      if (read > 0) {
        digest.update(into, offset, read);
      }
      return read;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /** Hash of what was read; call it once, at the end of the file. */
    String sha256Hex() {
      return Sha256.hex(digest);
    }
  }
}
