package dev.larkspur.train;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under another scheme, one operation of which fails once, or all of which
 * fail for a while.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "faulty";

  /** What can fail. */
  enum Operation {
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

  /** Counts from zero; the operation fails when it is called for the {@code at}-th time, from 1. */
  static void fail(Operation operation, int at) {
    COUNTS.clear();
    CALLS.set(0);
    outageFrom = 0;
    outageTo = 0;
    faulty = operation;
    faultyAt = at;
  }

  /** Counts from zero; nothing fails. */
  static void failNothing() {
    fail(null, 0);
  }

  /** Counts from zero; calls {@code from} to {@code to} of all operations together fail. */
  static void failAll(int from, int to) {
    failNothing();
    outageFrom = from;
    outageTo = to;
  }

  /** Calls of all operations since the counts began. */
  static int count() {
    return CALLS.get();
  }

  /** Calls since the counts began. */
  static int count(Operation operation) {
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
    return URI.create(SCHEME + ":///");
  }

  @Override
  public void initialize(URI uri, Configuration conf) throws IOException {
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
    return new FSDataOutputStream(
        new Out(
            super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress),
            file),
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
    return create(
        file,
        FsPermission.getFileDefault(),
        overwrite,
        bufferSize,
        replication,
        blockSize,
        progress);
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

    Out(OutputStream out, Path file) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      count(Operation.WRITE, file);
      out.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      count(Operation.WRITE, file);
      out.write(bytes, offset, length);
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
}
