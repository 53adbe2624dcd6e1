package dev.larkspur.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveFileTest {
  private static final byte[] OURS = "ours".getBytes(UTF_8);

  @TempDir private Path folder;
  private Path file;
  private org.apache.hadoop.fs.Path path;

  @BeforeEach
  void name() {
    file = folder.resolve("a/manifest.json");
    path = new org.apache.hadoop.fs.Path(file.toString());
  }

  @Test
  void whatTheStoreHasTakenIsWrittenThoughItsAnswerWasLost() throws Exception {
    IOException refused = new PathIOException("s3a://a/manifest.json", "412 Precondition Failed");
    for (IOException failure : new IOException[] {refused, new IOException("no response")}) {
      ExclusiveFile.write(store(true, failure), path, OURS);
      assertThat(file).hasBinaryContent(OURS);
      Files.delete(file);
    }
  }

  @Test
  void whatAnotherHasWrittenIsLeftAlone() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "theirs");
    FileSystem store = store(false, new PathIOException("s3a://a/manifest.json", "412"));
    assertThatThrownBy(() -> ExclusiveFile.write(store, path, OURS))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(file).hasContent("theirs");
  }

  @Test
  void aFailureThatLeavesNothingIsAFailure() throws Exception {
    IOException failure = new IOException("no response");
    FileSystem store = store(false, failure);
    assertThatThrownBy(() -> ExclusiveFile.write(store, path, OURS)).isSameAs(failure);
  }

  @Test
  void onALocalDiskOneOfTwoSucceeds() throws Exception {
    FileSystem local = local();
    ExclusiveFile.write(local, path, OURS);
    assertThatThrownBy(() -> ExclusiveFile.write(local, path, OURS))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private static RawLocalFileSystem local() throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(Path.of("/").toUri(), new Configuration());
    return local;
  }

  /** Every new file fails when it is closed, with its content stored or without. */
  private static FileSystem store(boolean stores, IOException failure) throws IOException {
    RawLocalFileSystem local = local();
    return new FilterFileSystem(local) {
      @Override
      public FSDataOutputStreamBuilder<?, ?> createFile(org.apache.hadoop.fs.Path path) {
        return createDataOutputStreamBuilder(this, path).create();
      }

      @Override
      public FSDataOutputStream create(
          org.apache.hadoop.fs.Path path,
          FsPermission permission,
          EnumSet<CreateFlag> flags,
          int bufferSize,
          short replication,
          long blockSize,
          Progressable progress,
          Options.ChecksumOpt checksum)
          throws IOException {
        OutputStream content = stores ? local.create(path, true) : OutputStream.nullOutputStream();
        return new FSDataOutputStream(new FailingAtTheEnd(content, failure), null);
      }
    };
  }

  private static final class FailingAtTheEnd extends FilterOutputStream {
    private final IOException failure;
    private final AtomicBoolean failed = new AtomicBoolean();

    FailingAtTheEnd(OutputStream out, IOException failure) {
      super(out);
      this.failure = failure;
    }

    @Override
    public void close() throws IOException {
      out.close();
      if (failed.compareAndSet(false, true)) {
        throw failure;
      }
    }
  }
}
