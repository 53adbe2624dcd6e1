package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusManifest.TokenFormat;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.Output;
import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.DomainJob.DomainCount;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcWriter;

class DomainJobIT {
  @TempDir private Path folder;
  private final SparkContext spark = LocalSpark.context();

  private static CorpusManifest manifest(Path... files) throws IOException {
    List<CorpusPart> parts = new ArrayList<>();
    for (Path file : files) {
      parts.add(
          new CorpusPart(
              DocumentFormat.AUTO,
              List.of(new InputFile(hadoop(file), Files.size(file), "changed", "")),
              DocumentCounts.NONE,
              TextCounts.NONE,
              List.of(),
              new Output(SplitManifest.NONE, SplitManifest.NONE, List.of())));
    }
    return new CorpusManifest(
        CorpusManifest.VERSION,
        new TokenFormat(new TokenizerIdentity("gpt2", "gpt2", 50257, 50256, ""), 4, 2),
        1,
        0.05,
        Map.of("fields.content", "text", "fields.url", "address"),
        1,
        parts);
  }

  private static String hadoop(Path file) {
    return new org.apache.hadoop.fs.Path(file.toUri()).toString();
  }

  private Path lines(String name, int count, String address) throws IOException {
    String line = "{\"text\": \"some text\", \"url\": \"https://wrong.example/\", %s}\n";
    String noText = "{\"address\": \"https://www.one.example/\"}\nno json\n";
    return Files.writeString(
        folder.resolve(name),
        noText + line.formatted("\"address\": \"" + address + "\"").repeat(count));
  }

  private Path warc() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (WarcWriter writer = new WarcWriter(Channels.newChannel(bytes), WarcCompression.GZIP)) {
      for (int i = 0; i < 5; i++) {
        writer.write(
            new WarcConversion.Builder()
                .setHeader("WARC-Target-URI", "http://Two.Example:8080/" + i)
                .body(MediaType.PLAIN_TEXT, "a page".getBytes(StandardCharsets.UTF_8))
                .build());
      }
    }
    return Files.write(folder.resolve("glob[1].warc.gz"), bytes.toByteArray());
  }

  @Test
  void addressesAreThoseOfTheFieldAndOfTheWarcRecords() throws IOException {
    CorpusManifest manifest =
        manifest(
            lines("one.jsonl", 3, "https://www.one.example/a"),
            warc(),
            lines("one-again.jsonl", 4, " https://one.example "),
            lines("none.jsonl", 9, "wordnet:3.1/noun"),
            Files.writeString(folder.resolve("plain.txt"), "text"));
    assertThat(DomainJob.run(spark, manifest, 9))
        .containsExactly(new DomainCount("one.example", 7), new DomainCount("two.example", 5));
    assertThat(DomainJob.run(spark, manifest, 1))
        .containsExactly(new DomainCount("one.example", 7));
  }

  @Test
  void aFileThatIsGoneIsNamed() throws IOException {
    Path gone = warc();
    CorpusManifest manifest = manifest(gone);
    Files.delete(gone);
    assertThatThrownBy(() -> DomainJob.run(spark, manifest, 5))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("glob[1].warc.gz")
        .hasMessageContaining("omit the domains");
  }

  @Test
  void hostsAreThoseOfWholeAddresses() {
    assertThat(DomainJob.host("https://WWW.Example.org:81/a?b")).contains("example.org");
    assertThat(DomainJob.host("https://b<e>ta.example/")).isEmpty();
    assertThat(DomainJob.host("example.org/a")).isEmpty();
    assertThat(DomainJob.host("")).isEmpty();
  }
}
