package dev.larkspur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class QualifiedPathTest {
  private final Configuration conf = new Configuration(false);

  @Test
  void aRelativePathBecomesAbsolute() throws IOException {
    String here = Path.of("").toAbsolutePath().toString();
    assertThat(QualifiedPath.of("runs/x", conf)).hasToString("file:" + here + "/runs/x");
    assertThat(QualifiedPath.of("/runs/{a,b}/*.jsonl", conf))
        .hasToString("file:/runs/{a,b}/*.jsonl");
  }

  @Test
  void aPathWithoutAHostGetsTheDefaultOne() throws IOException {
    Configuration shelf = ShelfFileSystem.into(conf);
    assertThat(QualifiedPath.of("shelf:///runs/x", shelf)).hasToString("shelf://rack:1/runs/x");
    assertThat(QualifiedPath.of("/runs/x", shelf)).hasToString("shelf://rack:1/runs/x");
    assertThat(QualifiedPath.of("file:///runs/x", shelf)).hasToString("file:/runs/x");
  }

  @Test
  void whatIsNoPathIsRefused() {
    assertThatThrownBy(() -> QualifiedPath.of("", conf))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
