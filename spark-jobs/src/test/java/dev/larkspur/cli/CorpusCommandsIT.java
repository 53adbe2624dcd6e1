package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scheduled runs of {@code prepare}, and what {@code corpus} tells of the outcome. */
class CorpusCommandsIT {
  @TempDir private Path directory;
  private Path documents;

  @BeforeEach
  void writeDocuments() throws Exception {
    documents = Files.createDirectories(directory.resolve("documents"));
    write("one.jsonl", "alpha", 300);
  }

  private void write(String name, String host, int count) throws Exception {
    StringBuilder lines = new StringBuilder("no json\n");
    for (int i = 0; i < count; i++) {
      String www = i % 2 == 0 ? "www." : "";
      lines.append(
          "{\"url\": \"https://%s%s.example/%d\", \"content\": \"%s says number %d\"}\n"
              .formatted(www, host, i, host, i));
    }
    Files.writeString(documents.resolve(name), lines);
  }

  private Outcome prepare(String... more) {
    return prepareOf("data.documents=" + documents, more);
  }

  private Outcome prepareOf(String input, String... more) {
    List<String> all = new ArrayList<>(List.of("prepare", "--master", "local[2]"));
    for (String assignment :
        List.of(
            input,
            "data.corpus=" + corpus(),
            "data.tokenizer=gpt2",
            "data.context=15",
            "data.validation-fraction=0.1",
            "data.shards=2")) {
      all.addAll(List.of("--set", assignment));
    }
    all.addAll(List.of(more));
    return Outcome.of(all.toArray(String[]::new));
  }

  private String corpus() {
    return directory.resolve("corpus").toString();
  }

  private Outcome corpus(String command, String... more) {
    String[] all = new String[more.length + 6];
    List.of("corpus", command, "--corpus", corpus(), "--master", "local[2]").toArray(all);
    System.arraycopy(more, 0, all, 6, more.length);
    return Outcome.of(all);
  }

  @Test
  void nightsEndWithCodesForTheScheduler() throws Exception {
    assertThat(prepare().exitCode()).isZero();
    assertThat(prepare().exitCode()).isEqualTo(3);
    write("two.jsonl", "beta", 200);
    assertThat(prepare().exitCode()).isZero();
    write("one.jsonl", "alpha", 299);
    Outcome changed = prepare();
    assertThat(changed.exitCode()).isEqualTo(2);
    assertThat(changed.err())
        .startsWith("larkspur: ")
        .contains("one.jsonl has changed since")
        .doesNotContain("\tat ");
  }

  @Test
  void aDryRunEstimatesTheResultAndWritesNothing() throws Exception {
    Outcome estimated = prepare("--dry-run", "--json");
    assertThat(estimated.exitCode()).as(estimated.err()).isZero();
    assertThat(directory.resolve("corpus")).doesNotExist();
    JsonNode estimate = new ObjectMapper().readTree(estimated.out());
    assertThat(estimate.get("documents").get("read").asLong()).isEqualTo(301);
    assertThat(estimate.get("documents").get("skipped").toString())
        .isEqualTo("{\"BROKEN_JSON\":1}");
    assertThat(estimate.get("cpuSeconds").asDouble()).isPositive();
    assertThat(prepare("--dry-run", "--set", "data.rejected.records=0").out())
        .contains("documents kept     300", "too many bad records", "to be done in 8 h");
    prepare();
    assertThat(prepare("--dry-run").exitCode()).isEqualTo(3);
    long tokens =
        new ObjectMapper().readTree(corpus("stats", "--json").out()).get("tokens").asLong();
    assertThat(estimate.get("tokens").asLong()).isEqualTo(tokens);
    assertThat(prepare("--json").err()).contains("--json goes with --dry-run");
    assertThat(prepare("--dry-run", "--sample-megabytes", "0").err()).contains("give 1 or more");
  }

  @Test
  void mixedSourcesShowInEveryReport() throws Exception {
    write("two.jsonl", "beta", 300);
    String sources =
        "data.sources=[{name=a, documents=\"%s/one.jsonl\", weight=3}, {name=b, documents=\"%s/two.jsonl\", weight=1}]"
            .formatted(documents, documents);
    Outcome estimated = prepareOf(sources, "--dry-run");
    assertThat(estimated.out())
        .as(estimated.err())
        .contains("source a: ", "source b: ", "25.00 % of all");
    Outcome said = prepareOf(sources);
    assertThat(said.exitCode()).as(said.err()).isZero();
    JsonNode stats = new ObjectMapper().readTree(corpus("stats", "--json").out());
    JsonNode b = stats.get("sources").get("part 1").get("b");
    assertThat(b.get("share").asDouble()).isBetween(0.245, 0.255);
    assertThat(b.get("excluded").asLong()).isBetween(150L, 220L);
    assertThat(corpus("stats").out()).contains("sources of the training documents of part 1");
  }

  @Test
  void verifyDetectsDamage() throws Exception {
    prepare();
    Outcome whole = corpus("verify");
    assertThat(whole.exitCode()).as(whole.err()).isZero();
    assertThat(whole.out()).contains("4 files of").contains("all match the manifest");
    Path shard = directory.resolve("corpus/val-00000.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[20] ^= 1;
    Files.write(shard, bytes);
    Outcome damaged = corpus("verify");
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.out()).contains("val-00000.parquet is damaged").contains("1 problems");
  }

  @Test
  void statsCountWhatIsThere() throws Exception {
    prepare();
    write("two.jsonl", "b<e>ta", 200);
    prepare();
    Path page = directory.resolve("corpus.html");
    Outcome said = corpus("stats", "--json", "--domains", "5", "--html", page.toString());
    assertThat(said.exitCode()).as(said.err()).isZero();
    JsonNode stats = new ObjectMapper().readTree(said.out());
    assertThat(stats.get("documents").asLong()).isEqualTo(500);
    assertThat(stats.get("recordsRead").asLong()).isEqualTo(502);
    assertThat(stats.get("rejected").toString()).isEqualTo("{\"broken json\":2}");
    assertThat(stats.get("parts").toString()).isEqualTo("{\"part 1\":300,\"part 2\":200}");
    // Addresses with angle brackets are none.
    assertThat(stats.get("domains").toString())
        .isEqualTo("[{\"domain\":\"alpha.example\",\"documents\":300}]");
    long bytes = 0;
    for (int i = 0; i < 300; i++) {
      bytes += ("alpha says number " + i).length();
    }
    for (int i = 0; i < 200; i++) {
      bytes += ("b<e>ta says number " + i).length();
    }
    assertThat(stats.get("textBytes").asLong()).isEqualTo(bytes);
    long lengths = 0;
    for (JsonNode count : stats.get("lengths")) {
      lengths += count.asLong();
    }
    assertThat(lengths).isEqualTo(500);
    assertThat(stats.get("tokensPerByte").asDouble())
        .isEqualTo((stats.get("tokens").asDouble() - 500) / bytes);
    assertThat(Files.readString(page))
        .contains("<svg", "broken json", "alpha.example", "part 2", "tokens per byte")
        .doesNotContain("<script");
    assertThat(corpus("stats").out()).contains("documents          500").contains("part 2");
  }
}
