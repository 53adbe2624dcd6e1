package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.LocalSpark;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.VerifyJob;
import dev.larkspur.corpus.VerifyJob.VerifyResult;
import dev.larkspur.curate.CurationRule;
import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SampleDocuments;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.WrittenFile;
import dev.larkspur.tokenizer.TokenizerSource.TokenizerChoice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All rules of curation at once, in the job. */
class CuratedCorpusIT {
  private static final String GERMAN =
      "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und"
          + " Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen. ";

  @TempDir private Path folder;
  private SparkContext spark;
  private List<String> pages;
  private List<CurationRule> rules;

  @BeforeEach
  void writeDocuments() throws IOException {
    spark = LocalSpark.context();
    List<String> entries = SampleDocuments.texts(6000);
    pages = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      pages.add(String.join("\n", entries.subList(10 * i, 10 * i + 10)));
    }
    String page = pages.get(7);
    pages.addAll(List.of(page, page, page.replaceFirst("\\.", " indeed.")));
    pages.add(GERMAN + pages.get(8).substring(0, 10));
    pages.add("Too short to be a page, and nobody doubts it.");
    pages.add("the and of " + "again and again ".repeat(60));
    pages.add(pages.get(9) + "\nfunction() { return 1; }");
    pages.add(pages.get(10));
    Path blocked =
        Files.writeString(folder.resolve("blocked.txt"), "example.org/" + pages.get(10).hashCode());
    rules =
        List.of(
            new NearDuplicates(5, 14, 8),
            new ExactDuplicates(),
            new C4Rules(1, 1000, 3),
            GopherQuality.PUBLISHED,
            GopherRepetition.PUBLISHED,
            new LanguageRule(List.of("eng"), 0),
            new BlockedUrls(blocked.toString()));
    Collections.shuffle(pages, new Random(1));
  }

  private PrepareSettings settings(Path documents, String corpus, CurationSettings curation) {
    return new PrepareSettings(
        new Input(
            List.of(documents.toString()),
            DocumentFormat.AUTO,
            DocumentFields.REFINED_WEB,
            RejectionLimits.USUAL,
            List.of()),
        TokenizerChoice.of("gpt2"),
        new Blocks(63, 0.1, 3, 17),
        curation,
        folder.resolve(corpus).toString());
  }

  private Map<String, byte[]> files(String corpus) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var walk = Files.walk(folder.resolve(corpus))) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.resolve(corpus).relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private List<JsonNode> dropped(String corpus) throws IOException {
    return dropped(corpus, "dropped");
  }

  private List<JsonNode> dropped(String corpus, String directory) throws IOException {
    List<JsonNode> dropped = new ArrayList<>();
    try (var list = Files.list(folder.resolve(corpus).resolve(directory))) {
      for (Path file : list.filter(Files::isRegularFile).sorted().toList()) {
        try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            dropped.add(new ObjectMapper().readTree(line));
          }
        }
      }
    }
    return dropped;
  }

  @Test
  void aCuratedCorpusIsTheCorpusOfWhatStays() throws IOException {
    Path input = SampleDocuments.jsonLines(folder.resolve("pages.jsonl"), pages);
    // C4 takes lines, so what stays is not what was read: it is left to its own test.
    List<CurationRule> whole = rules.stream().filter(rule -> !(rule instanceof C4Rules)).toList();
    PrepareSettings settings =
        settings(input, "corpus", new CurationSettings(whole, CurationSettings.Dropped.KEEP));

    CorpusManifest manifest = PrepareJob.run(spark, settings).manifest();

    Map<String, Long> counts = manifest.documents().dropped();
    assertThat(counts)
        .containsEntry("url-blocklist", 2L)
        .containsEntry("exact-duplicates", 2L)
        .containsEntry("gopher-quality/words", 1L)
        .containsKeys("language/other", "near-duplicates", "gopher-repetition/top-2-gram");
    List<JsonNode> dropped = dropped("corpus");
    Map<String, Long> kept = new TreeMap<>();
    List<String> rest = new ArrayList<>(pages);
    for (JsonNode line : dropped) {
      kept.merge(line.get("reason").asText(), 1L, Long::sum);
      assertThat(rest.remove(line.get("content").asText())).isTrue();
      assertThat(line.get("url").asText()).startsWith("https://example.org/");
      assertThat(line.get("file").asText()).endsWith("pages.jsonl");
    }
    assertThat(kept).isEqualTo(counts);
    assertThat(manifest.documents().kept()).isEqualTo(rest.size());

    Path stays = SampleDocuments.jsonLines(folder.resolve("stays.jsonl"), rest);
    PrepareJob.run(spark, settings(stays, "plain", CurationSettings.OFF));
    Map<String, byte[]> plain = files("plain");
    plain.remove("manifest.json");
    assertThat(files("corpus")).containsAllEntriesOf(plain);
  }

  @Test
  void theBytesDoNotDependOnHowTheWorkIsDivided() throws IOException {
    CurationSettings all = new CurationSettings(rules, CurationSettings.Dropped.KEEP);
    Path input = SampleDocuments.jsonLines(folder.resolve("pages.jsonl"), pages);
    PrepareJob.run(spark, settings(input, "one", all));
    spark = LocalSpark.context("local[3]");
    spark.conf().set("spark.sql.files.maxPartitionBytes", "150000");
    try {
      PrepareJob.run(spark, settings(input, "two", all));
    } finally {
      spark.conf().remove("spark.sql.files.maxPartitionBytes");
    }
    Map<String, byte[]> expected = files("one");
    assertThat(files("two").keySet()).isEqualTo(expected.keySet());
    files("two").forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
    assertThat(dropped("one"))
        .extracting(line -> line.get("reason").asText())
        .contains("c4/curly-bracket");
  }

  @Test
  void otherThresholdsAreAnotherCorpus() throws IOException {
    Path input = SampleDocuments.jsonLines(folder.resolve("pages.jsonl"), pages);
    CurationSettings c4 =
        new CurationSettings(List.of(new C4Rules(1, 1000, 3)), CurationSettings.Dropped.COUNT);
    PrepareJob.run(spark, settings(input, "corpus", c4));
    assertThat(PrepareJob.run(spark, settings(input, "corpus", c4)).outcome())
        .isEqualTo(PrepareResult.Outcome.ALREADY_DONE);
    CurationSettings other =
        new CurationSettings(List.of(new C4Rules(2, 1000, 3)), CurationSettings.Dropped.COUNT);
    assertThatThrownBy(() -> PrepareJob.run(spark, settings(input, "corpus", other)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("c4.min-words-in-line 1 instead of 2");
    assertThatThrownBy(() -> PrepareJob.run(spark, settings(input, "corpus", CurationSettings.OFF)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("c4 on instead of off");
  }

  private static List<WrittenFile> leftOut(CorpusManifest manifest) {
    return manifest.parts().stream().flatMap(part -> part.output().leftOut().stream()).toList();
  }

  @Test
  void everyPartKeepsWhatItLeftOut() throws IOException {
    CurationSettings all = new CurationSettings(rules, CurationSettings.Dropped.KEEP);
    Path nights = Files.createDirectories(folder.resolve("nights"));
    SampleDocuments.jsonLines(nights.resolve("1.jsonl"), pages);
    Files.writeString(nights.resolve("1-bad.jsonl"), "not json\n");
    PrepareJob.run(spark, settings(nights, "corpus", all));
    PrepareJob.run(spark, settings(nights, "killed", all));
    Map<String, byte[]> first = files("corpus");
    // The same pages in other bytes: the same file would not be taken again.
    Files.writeString(nights.resolve("2.jsonl"), " " + Files.readString(nights.resolve("1.jsonl")));
    Files.writeString(nights.resolve("2-bad.jsonl"), "not json either\n");
    CorpusManifest manifest = PrepareJob.run(spark, settings(nights, "corpus", all)).manifest();
    Map<String, byte[]> whole = files("corpus");
    assertThat(whole)
        .containsAllEntriesOf(first)
        .containsKeys("rejected/records.jsonl", "rejected/000002/records.jsonl");
    assertThat(new String(whole.get("rejected/000002/records.jsonl"), StandardCharsets.UTF_8))
        .contains("2-bad.jsonl", "not json either")
        .doesNotContain("1-bad.jsonl");
    // The second night has the same pages: they are no duplicates of those of another part.
    assertThat(manifest.parts().get(1).documents().dropped())
        .isEqualTo(manifest.parts().get(0).documents().dropped());
    assertThat(manifest.parts().get(1).output().leftOut())
        .extracting(WrittenFile::file)
        .contains("rejected/000002/records.jsonl", "dropped/000002/00000.jsonl.gz");
    for (WrittenFile file : leftOut(manifest)) {
      assertThat(WrittenFile.of(file.file(), whole.get(file.file()))).isEqualTo(file);
    }
    assertThat(leftOut(manifest))
        .extracting(WrittenFile::file)
        .containsExactlyInAnyOrderElementsOf(
            whole.keySet().stream().filter(name -> name.contains("/")).toList());
    assertThat(dropped("corpus", "dropped/000002"))
        .hasSameSizeAs(dropped("corpus"))
        .allSatisfy(line -> assertThat(line.get("file").asText()).endsWith("/2.jsonl"));

    Files.write(folder.resolve("corpus/dropped/00000.jsonl.gz"), new byte[] {1});
    Files.delete(folder.resolve("corpus/rejected/000002/records.jsonl"));
    VerifyResult verified = VerifyJob.run(spark, folder.resolve("corpus").toString());
    assertThat(verified.files()).isEqualTo(whole.size() - 2);
    assertThat(verified.problems())
        .satisfiesExactly(
            one -> assertThat(one).contains("dropped/00000.jsonl.gz is damaged (it has 1 bytes"),
            two -> assertThat(two).endsWith("000002/records.jsonl is damaged (it is missing)"));

    // What a run leaves that is killed before it writes the manifest.
    Path killed = folder.resolve("killed");
    Files.createDirectories(killed.resolve("rejected/000002"));
    Files.createDirectories(killed.resolve("dropped/000002"));
    Files.writeString(killed.resolve("rejected/000002/records.jsonl"), "{");
    Files.writeString(killed.resolve("dropped/000002/00077.jsonl.gz"), "cut");
    PrepareJob.run(spark, settings(nights, "killed", all));
    assertThat(files("killed").keySet()).isEqualTo(whole.keySet());
    files("killed").forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(whole.get(name)));
  }
}
