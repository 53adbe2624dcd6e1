package dev.larkspur.curate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.LocalSpark;
import dev.larkspur.curate.CurationJob.CuratedPart;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.document.Document;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.SampleDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/** Planted duplicates among real documents. */
class DuplicatesIT {
  private static final String SLICE = "spark.sql.files.maxPartitionBytes";

  @TempDir private Path folder;
  private SparkContext spark;

  @BeforeEach
  void start() {
    spark = LocalSpark.context();
  }

  private record Kept(List<String> texts, DocumentReport report) {}

  private Kept curate(Path documents, CurationRule... rules) {
    return curate(List.of(documents), rules);
  }

  /** Each path is a source of its own. */
  private Kept curate(List<Path> sources, CurationRule... rules) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    Broadcast<SerializableConfiguration> conf =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    Curation curation =
        Curation.load(
            new CurationSettings(List.of(rules), CurationSettings.Dropped.COUNT),
            context.hadoopConfiguration());
    DocumentSet set =
        DocumentSet.list(
            sources.stream()
                .map(path -> new DocumentSource(List.of(path.toString()), DocumentFormat.AUTO))
                .toList(),
            context.hadoopConfiguration());
    JavaRDD<CuratedPart> parts = new CurationJob(context, curation, conf).curate(set.parts(spark));
    List<Tuple2<ArrayList<String>, DocumentReport>> results =
        parts
            .map(
                part -> {
                  try (CuratedDocuments stream = part.open(conf.value().value())) {
                    ArrayList<String> texts = new ArrayList<>();
                    while (stream.hasNext()) {
                      Document document = stream.next();
                      texts.add(document.content());
                    }
                    return new Tuple2<>(texts, stream.report());
                  }
                })
            .collect();
    return new Kept(
        results.stream().flatMap(result -> result._1().stream()).sorted().toList(),
        results.stream().map(Tuple2::_2).reduce(DocumentReport.NONE, DocumentReport::plus));
  }

  @Test
  void plantedDuplicatesAmongTenThousandDocumentsAreFound() throws IOException {
    Random random = new Random(5);
    List<String> originals = Planted.documents(8500);
    List<String> exact = originals.subList(0, 500);
    List<String> near = new ArrayList<>();
    for (String original : originals.subList(1000, 2000)) {
      near.add(Planted.copy(original, 0.8 + 0.1 * random.nextDouble(), random));
    }
    assertThat(near).doesNotContainAnyElementsOf(originals);
    List<String> all = new ArrayList<>(originals);
    all.addAll(exact);
    all.addAll(near);
    Collections.shuffle(all, random);
    Path file = SampleDocuments.jsonLines(folder.resolve("all.jsonl"), all);

    Kept kept = curate(file, new ExactDuplicates(), NearDuplicates.FINE_WEB);

    Set<String> left = new HashSet<>(kept.texts());
    assertThat(left).hasSameSizeAs(kept.texts()).containsAll(exact);
    int found = 0;
    for (int i = 0; i < near.size(); i++) {
      boolean first = left.contains(originals.get(1000 + i));
      boolean second = left.contains(near.get(i));
      assertThat(first || second).as("one of a pair stays").isTrue();
      found += first && second ? 0 : 1;
    }
    long dropped = 10_000L - kept.texts().size();
    assertThat(found).isGreaterThanOrEqualTo(950);
    assertThat(dropped - exact.size() - found).isBetween(0L, 100L);
    assertThat(kept.report().counts().dropped())
        .containsEntry("exact-duplicates", 500L)
        .containsEntry("near-duplicates", dropped - 500);
    assertThat(kept.report().counts().kept()).isEqualTo(kept.texts().size());

    Path many = Files.createDirectories(folder.resolve("many"));
    Collections.shuffle(all, random);
    SampleDocuments.jsonLines(many.resolve("a.jsonl.gz"), all.subList(0, 4000));
    SampleDocuments.jsonLines(many.resolve("b.jsonl"), all.subList(4000, 10_000));
    spark = LocalSpark.context("local[3]");
    spark.conf().set(SLICE, "500000");
    try {
      Kept divided = curate(many, NearDuplicates.FINE_WEB, new ExactDuplicates());
      assertThat(divided.texts()).isEqualTo(kept.texts());
      assertThat(divided.report().counts()).isEqualTo(kept.report().counts());
    } finally {
      spark.conf().remove(SLICE);
    }
  }

  @Test
  void atTheEdgeMoreBandsFindMore() throws IOException {
    Random random = new Random(6);
    List<String> originals = Planted.documents(1000);
    List<String> all = new ArrayList<>(originals);
    for (String original : originals) {
      all.add(Planted.copy(original, 0.8, random));
    }
    Path file = SampleDocuments.jsonLines(folder.resolve("all.jsonl"), all);

    long published = 2000L - curate(file, NearDuplicates.FINE_WEB).texts().size();
    long more = 2000L - curate(file, new NearDuplicates(5, 20, 8)).texts().size();

    // 0.924 by the formula, at a similarity just above 0.8.
    assertThat(published).isBetween(900L, 970L);
    assertThat(more).isBetween(950L, 1000L);
  }

  @Test
  void theSourceNamedFirstKeepsItsDocuments() throws IOException {
    Random random = new Random(8);
    List<String> originals = Planted.documents(200);
    List<String> copies = new ArrayList<>();
    for (String original : originals) {
      copies.add(Planted.copy(original, 0.95, random));
    }
    Path first = SampleDocuments.jsonLines(folder.resolve("z.jsonl"), originals);
    Path second = SampleDocuments.jsonLines(folder.resolve("a.jsonl"), copies);
    assertThat(curate(List.of(first, second), NearDuplicates.FINE_WEB).texts())
        .containsExactlyInAnyOrderElementsOf(originals);
    assertThat(
            curate(List.of(second, first), new ExactDuplicates(), NearDuplicates.FINE_WEB).texts())
        .containsExactlyInAnyOrderElementsOf(copies);
  }

  @Test
  void ofAChainOneStays() throws IOException {
    // Each is like the next, the ends have little in common: components, not pairs.
    Random random = new Random(7);
    List<String> chain = new ArrayList<>(Planted.documents(50).subList(20, 21));
    for (int i = 0; i < 40; i++) {
      chain.add(Planted.copy(chain.get(i), 0.9, random));
    }
    assertThat(Planted.jaccard(chain.get(0), chain.get(40))).isLessThan(0.2);
    Path file = SampleDocuments.jsonLines(folder.resolve("chain.jsonl"), chain);
    assertThat(curate(file, NearDuplicates.FINE_WEB).texts()).hasSize(1);
  }

  @Test
  void onlyOneOfTheSameTextStaysAndFiltersComeFirst() throws IOException {
    List<String> texts = List.of("same {", "same", "same", "other", "same {", "other.", "Other");
    Path file = SampleDocuments.jsonLines(folder.resolve("few.jsonl"), texts);
    assertThat(curate(file, new ExactDuplicates()).texts())
        .containsExactly("Other", "other", "other.", "same", "same {");
    Kept brackets = curate(file, new ExactDuplicates(), new C4Rules(0, 10, 0));
    assertThat(brackets.report().counts().dropped()).containsEntry("c4/curly-bracket", 2L);
    assertThat(curate(file, NearDuplicates.FINE_WEB).texts()).hasSize(2);
  }
}
