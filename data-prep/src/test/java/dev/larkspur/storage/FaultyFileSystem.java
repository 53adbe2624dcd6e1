package dev.larkspur.storage;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system, under whatever scheme it is registered. One operation fails once, or all
 * fail for a while, or the disk is full: after a number of bytes, or in a certain file.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  /** For paths that are given to this file system only. */
  public static final String SCHEME = "faulty";

  /** Key of a configuration: files whose path contains its value hold 1000 bytes at most. */
  public static final String FULL_AT = "test.disk.full-at";

  private static final int BYTES_AT = 1000;

  /** What can fail. */
  public enum Operation {
    CREATE,
    WRITE,
    CLOSE,
    OPEN,
    READ,
    DELETE,
    LIST,
    STATUS
  }

  private static final Map<Operation, AtomicInteger> COUNTS = new ConcurrentHashMap<>();
  private static volatile Operation faulty;
  private static volatile int faultyAt;
  private static final AtomicInteger CALLS = new AtomicInteger();
  private static volatile int outageFrom;
  private static volatile int outageTo;
  private static final AtomicLong ROOM = new AtomicLong(Long.MAX_VALUE);

  private URI uri;

  /** Counts from zero; the operation fails when it is called for the {@code at}-th time, from 1. */
  public static void fail(Operation operation, int at) {
    COUNTS.clear();
    CALLS.set(0);
    outageFrom = 0;
    outageTo = 0;
    faulty = operation;
    faultyAt = at;
  }

  /** Counts from zero; nothing fails. */
  public static void failNothing() {
    fail(null, 0);
  }

  /** Counts from zero; calls {@code from} to {@code to} of all operations together fail. */
  public static void failAll(int from, int to) {
    failNothing();
    outageFrom = from;
    outageTo = to;
  }

  /** How many more bytes can be written. */
  public static void room(long bytes) {
    ROOM.set(bytes);
  }

  /** Calls of all operations since the counts began. */
  public static int count() {
    return CALLS.get();
  }

  /** Calls since the counts began. */
  public static int count(Operation operation) {
    AtomicInteger count = COUNTS.get(operation);
    return count == null ? 0 : count.get();
  }

  private static void count(Operation operation, Path file) throws IOException {
    int now = COUNTS.computeIfAbsent(operation, key -> new AtomicInteger()).incrementAndGet();
    int call = CALLS.incrementAndGet();
    boolean outage = call >= outageFrom && call < outageTo;
    if (outage || (operation == faulty && now == faultyAt)) {
      throw new IOException("injected: %s of %s".formatted(operation, file));
    }
  }

  @Override
  public URI getUri() {
    // Asked for by the constructor above, too.
    return uri == null ? super.getUri() : uri;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    uri = URI.create(name.getScheme() + ":///");
    super.initialize(URI.create("file:///"), conf);
  }

  @Override
  protected void checkPath(Path path) {}

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    count(Operation.CREATE, file);
    String fullAt = getConf().get(FULL_AT);
    boolean full = fullAt != null && file.toString().contains(fullAt);
    return new FSDataOutputStream(
        new Out(
            super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress),
            file,
            full ? BYTES_AT : Long.MAX_VALUE),
        null);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(file, null, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    count(Operation.OPEN, file);
    return new FSDataInputStream(new In(super.open(file, bufferSize), file));
  }

  @Override
  public boolean delete(Path file, boolean recursive) throws IOException {
    count(Operation.DELETE, file);
    return super.delete(file, recursive);
  }

  @Override
  public FileStatus getFileStatus(Path file) throws IOException {
    count(Operation.STATUS, file);
    return super.getFileStatus(file);
  }

  @Override
  public FileStatus[] listStatus(Path directory) throws IOException {
    count(Operation.LIST, directory);
    return super.listStatus(directory);
  }

  private static final class Out extends FilterOutputStream {
    private final Path file;
    private long left;

    Out(OutputStream out, Path file, long left) {
      super(out);
      this.file = file;
      this.left = left;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      count(Operation.WRITE, file);
      if (ROOM.addAndGet(-length) < 0) {
        throw noRoom();
      }
      int fitting = (int) Math.min(left, length);
      out.write(bytes, offset, fitting);
      left -= fitting;
      if (fitting < length) {
        throw noRoom();
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
      count(Operation.CLOSE, file);
    }
  }

  private static final class In extends FilterInputStream implements Seekable, PositionedReadable {
    private final FSDataInputStream stream;
    private final Path file;

    In(FSDataInputStream stream, Path file) {
      super(stream);
      this.stream = stream;
      this.file = file;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      count(Operation.READ, file);
      return stream.read(into, offset, length);
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) throws IOException {
      count(Operation.READ, file);
      return stream.read(position, into, offset, length);
    }

    @Override
    public void readFully(long position, byte[] into, int offset, int length) throws IOException {
      count(Operation.READ, file);
      stream.readFully(position, into, offset, length);
    }

    @Override
    public void readFully(long position, byte[] into) throws IOException {
      readFully(position, into, 0, into.length);
    }

    @Override
    public void seek(long position) throws IOException {
      stream.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }
  }

  /** What Hadoop's local file system throws; its constructor is not public. */
  private static FSError noRoom() {
    try {
      Constructor<FSError> constructor = FSError.class.getDeclaredConstructor(Throwable.class);
      constructor.setAccessible(true);
      return constructor.newInstance(new IOException("No space left on device"));
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException(changed);
    }
  }
}
