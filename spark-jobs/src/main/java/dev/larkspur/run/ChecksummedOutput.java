package dev.larkspur.run;

import dev.larkspur.storage.NewFile;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.util.zip.CRC32C;

/** A new file that counts and checksums what passes. */
final class ChecksummedOutput extends FilterOutputStream {
  private final NewFile file;
  private final CRC32C crc = new CRC32C();
  private long bytes;

  ChecksummedOutput(NewFile file) {
    super(file);
    this.file = file;
  }

  @Override
  public void write(int value) throws IOException {
    out.write(value);
    crc.update(value);
    bytes++;
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    out.write(source, offset, length);
    crc.update(source, offset, length);
    bytes += length;
  }

  /** Makes what was written outlast a loss of power, where the file system can. */
  StoredFile sync(String name) throws IOException {
    file.sync();
    return new StoredFile(name, bytes, Crc32c.hex(crc.getValue()));
  }
}
