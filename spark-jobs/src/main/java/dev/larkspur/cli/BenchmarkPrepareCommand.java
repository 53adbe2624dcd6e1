package dev.larkspur.cli;

import dev.larkspur.benchmark.PreparePart;
import dev.larkspur.benchmark.PreparePart.ReadPart;
import dev.larkspur.benchmark.PreparePart.TokenizePart;
import dev.larkspur.benchmark.Rounds;
import dev.larkspur.benchmark.Rounds.Measured;
import dev.larkspur.benchmark.Rounds.Part;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentPartition;
import dev.larkspur.document.DocumentSet;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentStream;
import dev.larkspur.document.WordNetCorpus;
import dev.larkspur.report.Console;
import dev.larkspur.report.JsonReport;
import dev.larkspur.report.PrepareReportText;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures data preparation. */
@Command(
    name = "prepare",
    header = "Measure tokenization, the prepare job, and reading blocks.",
    description = {
      "",
      "Measures tokens per second of processor time, after warm-up, in turn in one process:"
          + " tokenization, beside the Hugging Face tokenizer with the same vocabulary on the same"
          + " documents; the job from files to a corpus; and reading the blocks of the corpus."
          + " Spark runs embedded.",
      "",
      "Example: larkspur benchmark prepare --documents documents/*.jsonl"
          + " --tokenizer llama/tokenizer.model --tokenizer gpt2",
      ""
    })
final class BenchmarkPrepareCommand implements Runnable {
  // Fits into any heap, but not into processor caches.
  private static final long MOST_CHARACTERS = 32_000_000;
  private static final double SECONDS_EACH = 1;
  private static final String NAME = "larkspur benchmark prepare";

  /** Parts to measure. */
  enum Measure {
    TOKENIZE,
    JOB,
    READ
  }

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--documents",
      paramLabel = "PATH",
      description = "Document files; may be repeated (default: the WordNet sample).")
  private List<String> documents = new ArrayList<>();

  @Option(
      names = "--tokenizer",
      paramLabel = "TOKENIZER",
      description = "As data.tokenizer; may be repeated (default: gpt2).")
  private List<String> tokenizers = new ArrayList<>();

  @Option(
      names = "--measure",
      paramLabel = "PART",
      split = ",",
      description = "Some of ${COMPLETION-CANDIDATES} (default: all).")
  private List<Measure> measures = List.of(Measure.values());

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measure each N times and print medians (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = {
        "Measure the job on one core and on N as well, and print the speedup",
        "(default: none)."
      })
  private int cores = 1;

  @Option(names = "--json", description = "Print one JSON array.")
  private boolean json;

  @Override
  public void run() {
    if (rounds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rounds is " + rounds + ": give 1 or more");
    }
    if (cores < 1) {
      throw new ParameterException(spec.commandLine(), "--cores is " + cores + ": give 1 or more");
    }
    Settings settings = settingsOptions.load(Purpose.SAMPLE);
    List<Measured> measured = new ArrayList<>();
    sparkOptions.run(settings, NAME, spark -> measure(spark, this::parts, measured));
    if (cores > 1) {
      for (int count : new int[] {1, cores}) {
        sparkOptions.runEmbedded(
            settings,
            NAME,
            count,
            spark ->
                measure(
                    spark,
                    (same, folder) -> jobs(same, folder, PrepareReportText.onCores(count)),
                    measured));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonReport.of(measured) : PrepareReportText.of(measured));
    out.flush();
  }

  /** Lists the parts to measure, given a directory for their files. */
  private interface Parts {
    List<Part> of(SparkContext spark, Path folder) throws IOException;
  }

  private void measure(SparkContext spark, Parts parts, List<Measured> measured) {
    Console console = Console.standard();
    try {
      Path folder = Files.createTempDirectory("larkspur-benchmark");
      try {
        measured.addAll(
            new Rounds(rounds, SECONDS_EACH).measure(parts.of(spark, folder), console::status));
        console.clearStatus();
      } finally {
        FileUtils.deleteDirectory(folder.toFile());
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<Part> jobs(SparkContext spark, Path folder, String onCores) throws IOException {
    List<String> paths = paths(spark, folder);
    List<Part> parts = new ArrayList<>();
    for (String name : names()) {
      parts.add(
          new PreparePart(
              "prepare, " + kind(source(spark, name)) + onCores,
              spark,
              paths,
              name,
              folder.resolve("corpus-" + parts.size()).toString()));
    }
    return parts;
  }

  private List<String> names() {
    return tokenizers.isEmpty() ? List.of(TokenizerSource.GPT2) : tokenizers;
  }

  private List<String> paths(SparkContext spark, Path folder) {
    if (!documents.isEmpty()) {
      return documents;
    }
    String wordNet = folder.resolve("wordnet").toString();
    WordNetCorpus.write(spark, wordNet);
    return List.of(wordNet);
  }

  private static TokenizerSource source(SparkContext spark, String name) {
    return TokenizerSource.read(name, spark.hadoopConfiguration());
  }

  private static String kind(TokenizerSource source) {
    return source.tokenizer().identity().kind() + " " + source.tokenizer().identity().name();
  }

  private List<Part> parts(SparkContext spark, Path folder) throws IOException {
    List<String> paths = paths(spark, folder);
    List<String> names = names();
    Configuration hadoop = spark.hadoopConfiguration();
    List<String> texts = measures.contains(Measure.TOKENIZE) ? texts(spark, paths) : List.of();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      TokenizerSource source = source(spark, names.get(i));
      String kind = kind(source);
      if (measures.contains(Measure.TOKENIZE)) {
        parts.add(new TokenizePart("tokenize, " + kind, source.tokenizer(), texts));
        parts.add(
            new TokenizePart(
                "tokenize, " + kind + PrepareReportText.HUGGING_FACE,
                source.byHuggingFace(),
                texts));
      }
      String corpus = folder.resolve("corpus-" + i).toString();
      PreparePart job = new PreparePart("prepare, " + kind, spark, paths, names.get(i), corpus);
      if (measures.contains(Measure.JOB)) {
        parts.add(job);
      }
      if (measures.contains(Measure.READ)) {
        String read = folder.resolve("read-" + i).toString();
        new PreparePart(job.name(), spark, paths, names.get(i), read).run();
        parts.add(new ReadPart("read blocks, " + kind, read, hadoop));
      }
    }
    return parts;
  }

  private static List<String> texts(SparkContext spark, List<String> paths) throws IOException {
    Configuration hadoop = spark.hadoopConfiguration();
    DocumentSet set = DocumentSet.list(new DocumentSource(paths, DocumentFormat.AUTO), hadoop);
    List<String> texts = new ArrayList<>();
    long characters = 0;
    for (DocumentPartition part : set.parts(spark).collect()) {
      try (DocumentStream stream = part.open(hadoop)) {
        while (characters < MOST_CHARACTERS && stream.hasNext()) {
          texts.add(stream.next().content());
          characters += texts.get(texts.size() - 1).length();
        }
      }
    }
    return texts;
  }
}
