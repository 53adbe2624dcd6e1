package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.document.DocumentSet.DocumentFile;
import dev.larkspur.storage.QualifiedPath;
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

  /** With two links that lead back, there are more paths than could ever be listed. */
  @Test
  void aFileUnderSeveralNamesIsFoundOnce() throws IOException {
    for (String link : List.of("again", "deep/back", "deep/er/x", "deep/er/y", "z")) {
      Files.createSymbolicLink(folder.resolve(link), folder);
    }
    Files.createSymbolicLink(folder.resolve("c.jsonl"), folder.resolve("b.jsonl"));
    Files.createSymbolicLink(folder.resolve("deep/er/d.jsonl"), folder.resolve("b.jsonl"));
    for (String path : List.of("", "z/again", "deep/back/deep/er/y")) {
      assertThat(list(DocumentFormat.AUTO, path).files().stream().map(DocumentFile::bytes))
          .as(path)
          .containsExactly(5L, 5L, 5L);
    }
    assertThat(names(list(DocumentFormat.AUTO, "", "deep", "c.jsonl")))
        .containsExactly("a.JSON.gz", "b.jsonl", "deep/er/c.ndjson");
  }

  @Test
  void aDirectoryOfNothingButItselfHasNoFile() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.createSymbolicLink(empty.resolve("self"), empty);
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "empty"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("There is no document file in");
  }

  @Test
  void aFileOfTwoSourcesIsRefusedWhateverItsName() throws IOException {
    Files.createSymbolicLink(folder.resolve("other.jsonl"), folder.resolve("b.jsonl"));
    List<DocumentSource> sources =
        List.of(
            new DocumentSource(List.of(folder + "/b.jsonl"), DocumentFormat.AUTO),
            new DocumentSource(List.of(folder + "/other.jsonl"), DocumentFormat.AUTO));
    assertThatThrownBy(() -> DocumentSet.list(sources, new Configuration()))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("belongs to several sources");
  }

  @Test
  void namesWithColonsAreRead() throws IOException {
    String name = "crawl-2024-01-01T12:30:00.jsonl";
    Files.writeString(folder.resolve(name), "{\"content\":\"from a crawl\"}\n");
    assertThat(names(list(DocumentFormat.AUTO, name))).containsExactly(name);
    assertThat(names(list(DocumentFormat.AUTO, ""))).contains(name);
    assertThat(QualifiedPath.given(name)).hasToString("./" + name);
    assertThat(QualifiedPath.given("s3a://bucket/a:b")).hasToString("s3a://bucket/a:b");
    assertThat(ReadDocuments.of(folder.resolve(name)).texts()).containsExactly("from a crawl");
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "none:1.jsonl"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("No document file matches");
    assertThatThrownBy(() -> list(DocumentFormat.AUTO, "c*.jsonl"))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("Hadoop cannot resolve globs that contain ':'")
        .hasMessageContaining(name + "; rename the file, or name its directory");
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
