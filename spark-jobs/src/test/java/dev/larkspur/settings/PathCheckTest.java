package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.larkspur.settings.SettingsException.SettingsProblem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathCheckTest {
  private static SettingsLoader loader(String... assignments) {
    SettingsLoader loader = new SettingsLoader();
    loader.set("data.documents=[documents, \"s3a://bucket/{a,b}/*.parquet\"]");
    loader.set("data.corpus=\"hdfs:///corpus\"");
    loader.set("data.tokenizer=gpt2");
    loader.set("tokenizer.out=\"file:///tokenizer.json\"");
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return loader;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"data.documents", "data.corpus", "data.tokenizer", "data.curation.url-blocklist"})
  void anUnknownFileSystemIsRefusedUnderEveryPathOfThePurpose(String key) {
    SettingsLoader loader = loader(key + "=foo://x/y");
    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.PREPARE));
    assertThat(refusal)
        .hasMessageContaining("--set: " + key + " = \"foo://x/y\"")
        .hasMessageContaining("there is no file system for foo://")
        .hasMessageContaining("spark.hadoop.fs.foo.impl");
    assertThat(refusal.problems()).hasSize(1);
  }

  @Test
  void aTokenizerIsNotLearnedForAPlaceThatIsNone() {
    SettingsLoader loader =
        loader("tokenizer.out=foo://x", "data.documents=[\"bar://[x\", \"bar://y\"]");
    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.LEARN_TOKENIZER));
    assertThat(refusal.problems())
        .extracting(SettingsProblem::key, SettingsProblem::message)
        .satisfiesExactly(
            first ->
                assertThat(first.toList().toString()).contains("data.documents, is not a path"),
            second ->
                assertThat(second.toList().toString()).contains("data.documents, there is no"),
            third -> assertThat(third.toList().toString()).contains("tokenizer.out, there is no"));
  }

  @Test
  void pathsOfOtherStepsMayLieOutOfReach() {
    loader("data.corpus=foo://x").load(Purpose.LEARN_TOKENIZER);
    loader("tokenizer.out=foo://x").load(Purpose.PREPARE);
  }

  @Test
  void aFileSystemThatASettingNamesIsKnown() {
    SettingsLoader loader =
        loader(
            "data.corpus=foo://x",
            "spark.hadoop.fs.foo.impl=" + RawLocalFileSystem.class.getName());
    assertThat(loader.load(Purpose.PREPARE).data().corpus()).isEqualTo("foo://x");
  }
}
