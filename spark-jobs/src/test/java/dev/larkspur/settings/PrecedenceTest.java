package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.engine.Precision;
import dev.larkspur.optim.AdamW;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What wins, and what stands in for what is not set. */
class PrecedenceTest {
  private static final String PREPARE =
      "data { documents = docs, corpus = corpora/one, tokenizer = gpt2 }";

  @Test
  void laterFilesWinOverEarlierOnesAndAssignmentsOverAll() {
    Settings settings =
        new SettingsLoader()
            .set("data.seed=3")
            .text("first.conf", PREPARE + ", data.seed = 1, data.shards = 1, data.context = 1")
            .text("second.conf", "data.seed = 2, data.shards = 2")
            .load(Purpose.PREPARE);

    assertThat(settings.data().blocks().seed()).isEqualTo(3);
    assertThat(settings.data().blocks().shards()).isEqualTo(2);
    assertThat(settings.data().context()).isEqualTo(1);
  }

  @Test
  void aLaterAssignmentWins() {
    SettingsLoader loader = new SettingsLoader().text("a.conf", PREPARE);

    assertThat(
            loader
                .set("data.seed=1")
                .set("data.seed=2")
                .load(Purpose.PREPARE)
                .data()
                .blocks()
                .seed())
        .isEqualTo(2);
  }

  @Test
  void defaultsAreThePapers() {
    Settings settings =
        new SettingsLoader().file("conf/paper/s-low-rank-32.conf").load(Purpose.DESCRIBE);
    TrainingSettings training = settings.training();

    assertThat(settings.run().seed()).isEqualTo(1005);
    assertThat(settings.data().blocks().validationFraction()).isEqualTo(0.01);
    assertThat(training.compute().precision()).isEqualTo(Precision.BF16);
    assertThat(training.globalBatch()).isEqualTo(512);
    assertThat(training.adamW()).isEqualTo(new AdamW(0.9, 0.999, 1e-8, 0.1));
    assertThat(training.optimization().gradientClip()).isEqualTo(1);
    // 2.2e9 tokens in steps of 512 x 1024.
    assertThat(training.steps(1024)).isEqualTo(4196);
    assertThat(training.schedule(4196).warmupSteps()).isEqualTo(419);
    assertThat(training.schedule(4196).at(418)).isEqualTo(6e-4);
    assertThat(training.schedule(4196).at(4196)).isCloseTo(6e-5, within(1e-12));
  }

  @Test
  void clippingCanBeOff() {
    SettingsLoader loader = new SettingsLoader().file("conf/paper/s-dense.conf");

    Settings settings = loader.set("training.gradient-clip=none").load(Purpose.DESCRIBE);

    assertThat(settings.training().optimization().gradientClip())
        .isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(
            new SettingsLoader()
                .text("config.conf", settings.toHocon())
                .load(Purpose.DESCRIBE)
                .training()
                .optimization()
                .gradientClip())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void aBenchmarkNeedsNeitherALengthNorARate() {
    Settings settings =
        new SettingsLoader()
            .text("a.conf", "model { hidden-dim = 8, layers = 2, query-heads = 2 }")
            .load(Purpose.BENCHMARK);

    assertThat(settings.training().steps(8)).isEqualTo(1);
  }

  @Test
  void widthsAndHeadsFollowFromEachOther() {
    ModelSettings model =
        new SettingsLoader()
            .text("a.conf", "model { hidden-dim = 64, layers = 2, query-heads = 4 }")
            .set("training.steps=1")
            .set("training.learning-rate=1")
            .load(Purpose.DESCRIBE)
            .model();

    assertThat(model.attention().dim()).isEqualTo(64);
    assertThat(model.attention().kvHeads()).isEqualTo(4);
    assertThat(model.ffn().dim()).isEqualTo(256);
  }

  @Test
  void theRunIsCalledByTheLastPartOfItsDirectory() {
    Settings settings =
        new SettingsLoader()
            .text("a.conf", PREPARE)
            .set("run.dir=s3a://bucket/runs/first/")
            .load(Purpose.PREPARE);

    assertThat(settings.run().name()).isEqualTo("first");
    assertThat(settings.run().dir()).isEqualTo("s3a://bucket/runs/first/");
  }

  @Test
  void assignedTextNeedsNoQuotes() {
    DataSettings data =
        new SettingsLoader()
            .text("a.conf", PREPARE)
            .set("data.documents=s3a://bucket/a b/*.jsonl")
            .set("data.corpus=007")
            .set("data.format=jsonl")
            .load(Purpose.PREPARE)
            .data();

    assertThat(data.documents()).containsExactly("s3a://bucket/a b/*.jsonl");
    assertThat(data.corpus()).isEqualTo("007");
    assertThat(data.input().format()).isEqualTo(DocumentFormat.JSONL);
  }

  @Test
  void assignedListsAreHocon() {
    DataSettings data =
        new SettingsLoader()
            .text("a.conf", PREPARE)
            .set("data.documents=[\"a\", \"b\"]")
            .load(Purpose.PREPARE)
            .data();

    assertThat(data.documents()).isEqualTo(List.of("a", "b"));
  }

  @Test
  void curationIsOffAndItsDefaultsAreThePublishedOnes() {
    CurationSettings off =
        new SettingsLoader().text("a.conf", PREPARE).load(Purpose.PREPARE).data().curation();
    CurationSettings on =
        new SettingsLoader()
            .text(
                "a.conf",
                PREPARE
                    + """
                    , data.curation {
                      url-blocklist = list.txt, language.languages = eng, exact-duplicates = true
                      gopher-repetition.enabled = true, gopher-quality.enabled = true
                      c4.enabled = true, near-duplicates.enabled = true, keep-dropped = true
                    }
                    """)
            .load(Purpose.PREPARE)
            .data()
            .curation();

    assertThat(off).isEqualTo(CurationSettings.OFF);
    assertThat(on)
        .isEqualTo(
            new CurationSettings(
                List.of(
                    new BlockedUrls("list.txt"),
                    new LanguageRule(List.of("eng"), 0),
                    GopherRepetition.PUBLISHED,
                    GopherQuality.PUBLISHED,
                    C4Rules.PUBLISHED,
                    new ExactDuplicates(),
                    NearDuplicates.FINE_WEB),
                CurationSettings.Dropped.KEEP));
  }

  @Test
  void readingIsAsTheLibraryReadsByDefault() {
    DataSettings data = new SettingsLoader().text("a.conf", PREPARE).load(Purpose.PREPARE).data();

    assertThat(data.source()).isEqualTo(new DocumentSource(List.of("docs"), DocumentFormat.AUTO));
  }

  @Test
  void nullTakesBackWhatAnEarlierFileSet() {
    Settings settings =
        new SettingsLoader()
            .file("conf/paper/s-dense.conf")
            .set("training.tokens=null")
            .set("training.steps=100")
            .load(Purpose.DESCRIBE);

    assertThat(settings.training().length()).isEqualTo(new TrainingLength.Steps(100));
  }

  @Test
  void sparkIsPassedThrough() {
    Settings settings =
        new SettingsLoader()
            .text(
                "a.conf",
                PREPARE
                    + """
                    , spark { task.cpus = 4, speculation = true, "speculation.quantile" = 0.9 }
                    """)
            .set("spark.executor.memory=8g")
            .load(Purpose.PREPARE);

    assertThat(settings.spark())
        .isEqualTo(
            Map.of(
                "spark.task.cpus", "4",
                "spark.speculation", "true",
                "spark.speculation.quantile", "0.9",
                "spark.executor.memory", "8g"));
  }

  @Test
  void theEnvironmentFillsIn() {
    Settings settings =
        new SettingsLoader()
            .text("a.conf", PREPARE)
            .text("b.conf", "data.corpus = ${PATH}\ndata.tokenizer = ${?NO_SUCH_VARIABLE}")
            .load(Purpose.PREPARE);

    assertThat(settings.data().corpus()).isEqualTo(System.getenv("PATH"));
    assertThat(settings.data().tokenizer()).isEqualTo("gpt2");
  }

  @Test
  void sourcesStandInForDocuments() {
    Settings settings =
        new SettingsLoader()
            .text(
                "a.conf",
                """
                data { corpus = corpora/one, tokenizer = gpt2, rejected.records = 7, sources = [
                  { name = web, documents = [a, b], weight = 7 },
                  { name = wiki, documents = c, weight = 3, max-epochs = 2, format = jsonl, fields.content = text }
                ] }
                """)
            .load(Purpose.PREPARE);

    RejectionLimits limits = new RejectionLimits(7, 0);
    List<MixedSource> sources =
        List.of(
            new MixedSource(
                "web",
                7,
                1,
                new DocumentSource(
                    List.of("a", "b"), DocumentFormat.AUTO, DocumentFields.REFINED_WEB, limits)),
            new MixedSource(
                "wiki",
                3,
                2,
                new DocumentSource(
                    List.of("c"),
                    DocumentFormat.JSONL,
                    new DocumentFields("text", "url"),
                    limits)));
    assertThat(settings.data().prepare().input().sources()).isEqualTo(sources);
    assertThat(
            new SettingsLoader()
                .text("copy.conf", settings.toHocon())
                .load(Purpose.PREPARE)
                .data()
                .input()
                .sources())
        .isEqualTo(sources);
  }
}
