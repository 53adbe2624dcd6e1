package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage that does not answer is no damage of a file. */
class UnreachableDocumentsTest {
  @TempDir private Path folder;

  /** Answers when files are listed and opened, and no more. */
  static final class SilentFileSystem extends RawLocalFileSystem {
    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int bufferSize) {
      return new FSDataInputStream(
          new FSInputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("Read failed", new SocketTimeoutException("Read timed out"));
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
              return read();
            }

            @Override
            public void seek(long position) {}

            @Override
            public long getPos() {
              return 0;
            }

            @Override
            public boolean seekToNewSource(long target) {
              return false;
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.jsonl.gz", "a.parquet", "a.warc", "a.warc.gz", "a.txt"})
  void isToBeTriedAgain(String name) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[1000]);
    Configuration conf = new Configuration(false);
    conf.setClass("fs.file.impl", SilentFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    conf.setBoolean("fs.file.impl.disable.cache", true);
    for (int damages : new int[] {0, 10}) {
      DocumentSource source =
          new DocumentSource(
              List.of(file.toString()),
              DocumentFormat.AUTO,
              DocumentFields.REFINED_WEB,
              new RejectionLimits(10, damages));
      for (DocumentPartition part : DocumentSet.list(source, conf).cut(Long.MAX_VALUE)) {
        assertThatThrownBy(
                () -> {
                  try (DocumentStream stream = part.open(conf)) {
                    stream.forEachRemaining(document -> {});
                  }
                })
            .isInstanceOf(TryAgainException.class)
            .hasNoCause()
            .hasMessageContaining(name)
            .hasMessageContaining("Read timed out")
            .hasMessageContaining("again");
      }
    }
  }
}
