package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.Corpus.UnreachableCorpusException;
import dev.larkspur.storage.StoredStream;
import dev.larkspur.storage.StoredStream.UnreadableFileException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus that cannot be read from a host is no damaged one; BlockReaderTest has its shards. */
class UnreachableCorpusTest {
  @TempDir private Path folder;

  @Test
  void aWorkerWithoutTheFolderSaysSo() {
    String dir = folder.resolve("elsewhere").toString();
    assertThatThrownBy(() -> Corpus.open(dir, 1, new Configuration()))
        .isInstanceOf(UnreachableCorpusException.class)
        .hasMessageContaining("Cannot read " + dir + " on ")
        .hasMessageContaining("on every host")
        .hasMessageNotContaining("damaged (");
  }

  @Test
  void onlyWhatStorageFailsAtIsNotAboutTheContent() {
    assertThatThrownBy(
            () ->
                StoredStream.reading(
                    () -> {
                      throw new IOException("Stale file handle");
                    }))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessage("Stale file handle");
    for (IOException content :
        new IOException[] {new EOFException(), new ChecksumException("block 3", 7)}) {
      assertThatThrownBy(
              () ->
                  StoredStream.reading(
                      () -> {
                        throw content;
                      }))
          .isSameAs(content);
    }
  }
}
