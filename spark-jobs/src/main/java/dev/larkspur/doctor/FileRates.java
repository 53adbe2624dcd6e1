package dev.larkspur.doctor;

import dev.larkspur.doctor.Rate.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes a file, reads it, and deletes it. */
public final class FileRates {
  private static final int CHUNK = 4 << 20;
  private static final long MOST_LOCAL = 512L << 20;
  private static final int STORED = 32 << 20;
  private static final double NANOS = 1e9;

  private FileRates() {}

  /** The directory for temporary files: as much as it takes in the time, 4 to 512 MiB. */
  static List<Rate> ofTemporaryDirectory(double seconds) {
    try {
      java.nio.file.Path file = Files.createTempFile("larkspur-doctor-", ".tmp");
      try {
        return local(file, seconds);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      return List.of(Rate.failed(Quantity.DISK_WRITE, reason(e)));
    }
  }

  private static List<Rate> local(java.nio.file.Path file, double seconds) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).put(noise());
    long bytes = 0;
    long began = System.nanoTime();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      do {
        chunk.rewind();
        while (chunk.hasRemaining()) {
          bytes += channel.write(chunk);
        }
      } while (bytes < MOST_LOCAL && secondsSince(began) < seconds / 2);
      channel.force(true);
    }
    Rate written = Rate.of(Quantity.DISK_WRITE, bytes / secondsSince(began));
    began = System.nanoTime();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      do {
        chunk.clear();
      } while (channel.read(chunk) > 0);
    }
    return List.of(written, Rate.of(Quantity.DISK_READ, bytes / secondsSince(began)));
  }

  /**
   * A directory on a file system that Hadoop reads: 32 MiB in an object of its own name.
   *
   * @param uri of the directory, which is created for the time of the measurement if it is missing
   */
  public static List<Rate> ofStorage(String uri, Configuration hadoop) {
    try {
      Path directory = new Path(uri);
      FileSystem files = directory.getFileSystem(hadoop);
      boolean existed = files.exists(directory);
      Path file = new Path(directory, "larkspur-doctor-" + UUID.randomUUID());
      try {
        return stored(files, file);
      } finally {
        files.delete(file, false);
        if (!existed) {
          files.delete(directory, false);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      return List.of(Rate.failed(Quantity.STORE_WRITE, reason(e)));
    }
  }

  private static List<Rate> stored(FileSystem files, Path file) throws IOException {
    byte[] chunk = noise();
    long began = System.nanoTime();
    try (OutputStream out = files.create(file, false)) {
      for (int written = 0; written < STORED; written += CHUNK) {
        out.write(chunk);
      }
    }
    Rate written = Rate.of(Quantity.STORE_WRITE, STORED / secondsSince(began));
    began = System.nanoTime();
    long read = 0;
    try (InputStream in = files.open(file)) {
      for (int got = in.read(chunk); got > 0; got = in.read(chunk)) {
        read += got;
      }
    }
    if (read != STORED) {
      throw new IOException("%,d bytes were written, but %,d were read".formatted(STORED, read));
    }
    return List.of(written, Rate.of(Quantity.STORE_READ, STORED / secondsSince(began)));
  }

  /** Random bytes, which file systems cannot compress. */
  private static byte[] noise() {
    byte[] bytes = new byte[CHUNK];
    new Random(0).nextBytes(bytes);
    return bytes;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / NANOS;
  }

  private static String reason(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
