package dev.larkspur.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class FileNamesTest {
  private static final String LOCALE_C = "ANSI_X3.4-1968";

  @Test
  void onlyUnicodeNamesEveryFile() {
    assertThat(FileNames.areEncodable("UTF-8")).isTrue();
    assertThat(FileNames.areEncodable(LOCALE_C)).isFalse();
    assertThat(FileNames.areEncodable("ISO-8859-1")).isFalse();
    assertThat(FileNames.areEncodable("no-such-encoding")).isFalse();
  }

  @Test
  void aFileThatCannotBeNamedIsNotMissed() {
    URI local = new Path("/docs/ünï-日本.jsonl").toUri();

    assertThat(FileNames.problem(local, "UTF-8")).isEmpty();
    assertThat(FileNames.problem(local, LOCALE_C))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("/docs/ünï-日本.jsonl cannot be opened")
                    .contains("spark.executorEnv.LC_ALL=C.UTF-8"));
    assertThat(FileNames.problem(new Path("/docs/plain.jsonl").toUri(), LOCALE_C)).isEmpty();
    assertThat(FileNames.problem(new Path("s3a://b/日本.jsonl").toUri(), LOCALE_C)).isEmpty();
  }
}
