package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentSetTest {
  @TempDir private Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.createDirectories(folder.resolve("deep/er"));
    for (String name :
        List.of("b.jsonl", "a.JSON.gz", "deep/er/c.ndjson", "_SUCCESS", ".b.jsonl.crc")) {
      Files.writeString(folder.resolve(name), "12345");
    }
  }

  private DocumentSet list(DocumentFormat format, String... paths) {
    List<String> full = List.of(paths).stream().map(path -> folder + "/" + path).toList();
    return DocumentSet.list(new DocumentSource(full, format), new Configuration());
  }

  private List<String> names(DocumentSet documents) {
    return documents.files().stream()
        .map(file -> file.file().substring(file.file().indexOf(folder.toString())))
        .map(file -> file.substring(folder.toString().length() + 1))
        .toList();
  }

  @Test
  void foldersAndGlobsGiveEachFileOnceInOrder() {
    DocumentSet documents = list(DocumentFormat.AUTO, "b.*", "", "{a,b}.*");
    assertThat(names(documents)).containsExactly("a.JSON.gz", "b.jsonl", "deep/er/c.ndjson");
    assertThat(documents.bytes()).isEqualTo(15);
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "b.jsonl", "none.jsonl"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("none.jsonl");
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "b.jsonl", "*.none"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("*.none");
    assertThatThrownBy(() -> new DocumentSource(List.of(), DocumentFormat.AUTO))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("at least one path");
  }

  @Test
  void anUnknownEndingNeedsAFormat() throws IOException {
    Files.writeString(folder.resolve("d.text"), "{\"content\":\"x\"}");
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "d.text"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("d.text")
        .hasMessageContaining("set the document format");
    assertThat(names(list(DocumentFormat.JSONL, "d.text"))).containsExactly("d.text");
  }
}
