package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {
  private static final CorpusManifest MANIFEST =
      Manifests.of(
          List.of(Manifests.shard(Split.TRAIN, 0, 50, 7)),
          List.of(Manifests.shard(Split.VALIDATION, 0, 3)));

  @Test
  void whatIsWrittenIsRead() throws IOException {
    byte[] json = ManifestJson.readable(MANIFEST);
    assertThat(ManifestJson.read("m", json)).isEqualTo(MANIFEST);
    assertThat(ManifestJson.read("m", json).fingerprint()).isEqualTo(MANIFEST.fingerprint());
  }

  /** The form is a promise to readers of other releases: a change needs a new version. */
  @Test
  void theFormIsFixed() {
    assertThat(new String(ManifestJson.compact(MANIFEST), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"version\":3,\"tokenizer\":{\"kind\":\"gpt2\",\"name\":\"gpt2\","
                + "\"vocabulary\":50257,\"endOfText\":50256,\"sha256\":\"\"},\"context\":4,"
                + "\"bytesPerToken\":2,\"seed\":-7,\"validationFraction\":0.05,"
                + "\"recipe\":{\"fields.content\":\"content\"},"
                + "\"unigramPerplexity\":123.456789,\"parts\":["
                + "{\"format\":\"AUTO\",\"inputs\":[{\"file\":\"file:/a/ü.jsonl\","
                + "\"bytes\":1234,\"version\":\"etag x\"}],\"documents\":{\"read\":10,\"skipped\":{\"NO_CONTENT\":3},"
                + "\"dropped\":{}},"
                + "\"texts\":{\"bytes\":99,\"lengths\":[0,2]},\"sources\":[],"
                + "\"train\":{\"documents\":6,\"tokens\":288,\"tailTokens\":3,\"blocks\":57,"
                + "\"shards\":[{\"file\":\"train-00000.parquet\",\"bytes\":100,"
                + "\"sha256\":\"00ff\",\"rows\":57,\"rowGroups\":[50,7]}]},"
                + "\"validation\":{\"documents\":6,\"tokens\":18,\"tailTokens\":3,\"blocks\":3,"
                + "\"shards\":[{\"file\":\"val-00000.parquet\",\"bytes\":100,"
                + "\"sha256\":\"00ff\",\"rows\":3,\"rowGroups\":[3]}]},"
                + "\"leftOut\":[{\"file\":\"rejected/records.jsonl\",\"bytes\":77,"
                + "\"sha256\":\"00ee\"}]}]}");
  }

  @Test
  void everyCutIsNoticed() {
    byte[] json = ManifestJson.readable(MANIFEST);
    for (int length = 0; length < json.length; length++) {
      byte[] cut = Arrays.copyOf(json, length);
      assertThatThrownBy(() -> ManifestJson.read("m", cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anotherVersionIsRefused() {
    String json = new String(ManifestJson.readable(MANIFEST), StandardCharsets.UTF_8);
    byte[] newer =
        json.replace("\"version\" : 3", "\"version\" : 4").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ManifestJson.read("corpus/manifest.json", newer))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("corpus/manifest.json has version 4");
  }

  @Test
  void anotherFileIsNotTakenForACutOne() {
    for (String json : new String[] {"{}", "{\"name\":\"an app\"}", "[]", "{\"version\":3}"}) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> ManifestJson.read("a/manifest.json", bytes))
          .as(json)
          .isInstanceOf(CorpusException.class)
          .hasMessageContaining("a/manifest.json is not the manifest of a corpus");
    }
  }
}
