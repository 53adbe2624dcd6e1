package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.ChecksummedJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestJsonTest {
  private static final CorpusManifest MANIFEST =
      Manifests.of(
          List.of(Manifests.shard(Split.TRAIN, 0, 50, 7)),
          List.of(Manifests.shard(Split.VALIDATION, 0, 3)));

  @Test
  void whatIsWrittenIsRead() {
    byte[] file = ManifestJson.file(MANIFEST);
    assertThat(ManifestJson.read("m", file)).contains(MANIFEST);
    assertThat(ManifestJson.read("m", file).orElseThrow().fingerprint())
        .isEqualTo(MANIFEST.fingerprint());
  }

  /** The form is a promise to readers of other releases: a change needs a new version. */
  @Test
  void theFormIsFixed() {
    assertThat(new String(ManifestJson.compact(MANIFEST), StandardCharsets.UTF_8))
        .isEqualTo(
            ("{\"version\":4,\"tokenizer\":{\"kind\":\"gpt2\",\"name\":\"gpt2\","
                    + "\"vocabulary\":50257,\"endOfText\":50256,\"sha256\":\"\"},\"context\":4,"
                    + "\"bytesPerToken\":2,\"seed\":-7,\"validationFraction\":0.05,"
                    + "\"recipe\":{\"fields.content\":\"content\"},"
                    + "\"unigramPerplexity\":123.456789,\"parts\":["
                    + "{\"format\":\"AUTO\",\"inputs\":[{\"file\":\"file:/a/ü.jsonl\",\"bytes\":1234,\"version\":\"etag"
                    + " x\",\"sha256\":\"\"}],\"documents\":{\"read\":10,\"skipped\":{\"NO_CONTENT\":3},"
                    + "\"dropped\":{}},\"texts\":{\"bytes\":99,\"lengths\":[0,2]},\"sources\":[],"
                    + "\"train\":{\"documents\":6,\"tokens\":288,\"tailTokens\":3,\"blocks\":57,"
                    + "\"shards\":[{\"file\":\"train-00000.parquet\",\"bytes\":100,"
                    + "\"sha256\":\"%1$s\",\"rows\":57,\"rowGroups\":[50,7]}]},"
                    + "\"validation\":{\"documents\":6,\"tokens\":18,\"tailTokens\":3,\"blocks\":3,"
                    + "\"shards\":[{\"file\":\"val-00000.parquet\",\"bytes\":100,"
                    + "\"sha256\":\"%1$s\",\"rows\":3,\"rowGroups\":[3]}]},"
                    + "\"leftOut\":[{\"file\":\"rejected/records.jsonl\",\"bytes\":77,"
                    + "\"sha256\":\"%2$s\"}]}]}")
                .formatted("f".repeat(64), "e".repeat(64)));
  }

  @Test
  void everyCutIsNoticed() {
    byte[] file = ManifestJson.file(MANIFEST);
    for (int length = 0; length < file.length; length++) {
      assertThat(ManifestJson.read("m", Arrays.copyOf(file, length))).isEmpty();
    }
  }

  @Test
  void everyChangedBitIsNoticed() {
    byte[] file = ManifestJson.file(MANIFEST);
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] changed = file.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> ManifestJson.read("m", changed))
          .as("bit %d", bit)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("m ");
    }
  }

  @Test
  void anotherVersionIsRefused() {
    byte[] newer = edited("\"version\" : 4", "\"version\" : 5");
    assertThatThrownBy(() -> ManifestJson.read("corpus/manifest.json", newer))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("corpus/manifest.json has version 5");
    byte[] older = "{\"version\":3,\"context\":4}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ManifestJson.read("corpus/manifest.json", older))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            "corpus/manifest.json has version 3, and this release reads version 4");
  }

  /** By somebody who writes the checksum of the edited text behind it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"vocabulary\" : 50257 | \"vocabulary\" : 50000 | the end of text 50256",
        "\"vocabulary\" : 50257 | \"vocabulary\" : 90000 | 2 bytes a token",
        "\"vocabulary\" : 50257 | \"vocabulary\" : 0 | a vocabulary of 0",
        "\"endOfText\" : 50256 | \"endOfText\" : -1 | the end of text -1",
        "\"context\" : 4 | \"context\" : 5 | 57 blocks in the train split",
        "\"context\" : 4 | \"context\" : 0 | a context of 0",
        "\"rows\" : 57 | \"rows\" : 58 | 58 rows in row groups of [50, 7]",
        "\"rowGroups\" : [ 50, 7 ] | \"rowGroups\" : [ 58, -1 ] | row groups of [58, -1]",
        "\"blocks\" : 57 | \"blocks\" : 56 | 56 blocks and 57 rows",
        "\"tailTokens\" : 3 | \"tailTokens\" : -2 | -2 of them in no block",
        "train-00000.parquet | ../train-00000.parquet | in the place of train-00000.parquet",
        "train-00000.parquet | train-00001.parquet | in the place of train-00000.parquet",
        "rejected/records.jsonl | rejected/../../x.jsonl | the file",
        "0.05 | 1.05 | a validation fraction of 1.05",
        "123.456789 | 0 | a unigram perplexity of 0.0",
        "\"read\" : 10 | \"read\" : 1 | -2 documents",
      })
  void whatDoesNotGoTogetherIsNotBelieved(String old, String now, String message) {
    byte[] file = edited(old, now);
    assertThatThrownBy(() -> ManifestJson.read("m", file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theReleaseThatWroteAManifestIsNoPartOfTheCorpus() {
    CorpusManifest newer =
        ManifestJson.read("m", edited("larkspur development", "larkspur 9.0.0+abc")).orElseThrow();

    assertThat(newer).isEqualTo(MANIFEST);
    assertThat(newer.fingerprint()).isEqualTo(MANIFEST.fingerprint());
  }

  private static byte[] edited(String old, String now) {
    String json = ChecksummedJson.read(ManifestJson.file(MANIFEST)).json();
    assertThat(json).contains(old);
    return ChecksummedJson.write(json.replaceFirst(Pattern.quote(old), now));
  }

  @Test
  void anotherFileIsNotTakenForACutOne() {
    for (String json : new String[] {"{}", "{\"name\":\"an app\"}"}) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> ManifestJson.read("a/manifest.json", bytes))
          .as(json)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("a/manifest.json is not the manifest of a corpus");
    }
  }
}
