package dev.larkspur.prepare;

import dev.larkspur.document.ParquetFooter;
import dev.larkspur.storage.NewFile;
import dev.larkspur.storage.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A new Parquet file that computes its SHA-256 while it is written, and whose footer depends only
 * on its content.
 */
public final class HashingOutput implements OutputFile {
  private final FileSystem files;
  private final Path path;
  private final MessageDigest digest = Sha256.digest();
  private NewFile out;
  private ByteArrayOutputStream tail;
  private long position;

  public HashingOutput(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  String sha256() {
    return Sha256.hex(digest);
  }

  long length() {
    return position;
  }

  /** Marks that the end of the file, with its footer, follows. */
  void endFollows() {
    tail = new ByteArrayOutputStream();
  }

  private void put(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    digest.update(bytes, offset, length);
  }

  /** Discards the file, as far as the file system allows. */
  public void discard() {
    if (out == null || out.abort()) {
      return;
    }
    try {
      out.close();
    } catch (IOException alreadyFailed) {
      // The original failure is the one to report; the file is deleted below.
    }
    try {
      files.delete(path, false);
    } catch (IOException stays) {
      // The next run deletes what no manifest lists.
    }
  }

  @Override
  public PositionOutputStream create(long blockSize) throws IOException {
    return createOrOverwrite(blockSize);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSize) throws IOException {
    out = NewFile.create(files, path);
    return new PositionOutputStream() {
      @Override
      public long getPos() {
        return position;
      }

      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (tail == null) {
          put(bytes, offset, length);
        } else {
          tail.write(bytes, offset, length);
        }
        position += length;
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }

      @Override
      public void close() throws IOException {
        if (tail != null) {
          byte[] end = ParquetFooter.canonical(tail.toByteArray());
          put(end, 0, end.length);
          tail = null;
        }
        out.close();
      }
    };
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }
}
