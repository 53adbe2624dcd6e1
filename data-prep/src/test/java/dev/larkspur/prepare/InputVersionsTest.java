package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.storage.TryAgainException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Document files that change while a corpus is made of them. */
class InputVersionsTest {
  @TempDir private Path folder;

  @Test
  void whatWasChangedOrDeletedIsToBePreparedAgain() throws IOException {
    Configuration conf = new Configuration();
    Path file = Files.writeString(folder.resolve("a.jsonl"), "{\"content\":\"one\"}\n");
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, time);
    DocumentSource source = new DocumentSource(List.of(folder.toString()), DocumentFormat.AUTO);
    List<InputFile> listed = new InputVersions(conf).of(DocumentSet.list(source, conf).files());
    assertThatCode(() -> new InputVersions(conf).requireUnchanged(listed))
        .doesNotThrowAnyException();
    Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
    assertChanged(conf, listed);
    Files.writeString(file, "{\"content\":\"a longer one\"}\n");
    Files.setLastModifiedTime(file, time);
    assertChanged(conf, listed);
    Files.delete(file);
    assertChanged(conf, listed);
  }

  private static void assertChanged(Configuration conf, List<InputFile> listed) {
    assertThatThrownBy(() -> new InputVersions(conf).requireUnchanged(listed))
        .isInstanceOf(TryAgainException.class)
        .hasMessageContaining("a.jsonl was changed while it was read: prepare again");
  }
}
