package dev.larkspur.cli;

import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands on a trained run: what they print, and what they say when something is wrong. */
class CommandsIT {
  @TempDir private static Path shared;
  private Path directory;

  @BeforeAll
  static void train() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, shared);
    } finally {
      spark.stop();
    }
    assertThat(execute(trainArguments(shared, "run")).exitCode()).isZero();
  }

  /** Each test may damage its own copy. */
  @BeforeEach
  void copy(TestInfo test) throws IOException {
    directory = shared.resolve(test.getTestMethod().orElseThrow().getName());
    for (String part : List.of("corpus", "run")) {
      copyTree(shared.resolve(part), directory.resolve(part));
    }
  }

  @Test
  void evaluateMeasuresWhatTrainingEndedWith() throws Exception {
    Said said = execute("evaluate", "--run", run(), "--set", corpus(), "--json");
    assertThat(said.exitCode()).as(said.err()).isZero();
    String summary = Files.readString(directory.resolve("run/summary.json"));
    double trained = number(summary, "validationLoss");
    assertThat(number(said.out(), "validationLoss"))
        .isCloseTo(trained, org.assertj.core.api.Assertions.within(1e-6));
    assertThat(number(said.out(), "unigramPerplexity")).isPositive();
  }

  @Test
  void evaluateMeasuresAsManySequencesAsAreAskedFor() {
    Said said =
        execute("evaluate", "--run", run(), "--set", corpus(), "--json", "--sequences", "3");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(number(said.out(), "sequences")).isEqualTo(3);
    assertThat(number(said.out(), "tokens")).isEqualTo(3 * 32);
    assertThat(number(said.out(), "validationLoss")).isBetween(1.0, Math.log(512));
  }

  @Test
  void generateContinuesThePromptAndRepeatsItself() throws Exception {
    // The run stands for itself: its corpus may be gone.
    deleteTree(directory.resolve("corpus"));
    String[] arguments = {
      "generate",
      "--run",
      run(),
      "--prompt",
      "a kind of",
      "--tokens",
      "12",
      "--top-k",
      "20",
      "--seed",
      "4"
    };
    Said said = execute(arguments);
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).startsWith("a kind of");
    assertThat(said.out().strip().length()).isGreaterThan("a kind of".length());
    assertThat(execute(arguments).out()).isEqualTo(said.out());
    // The copy of a SentencePiece model has this name; what it holds tells what it is.
    Files.move(directory.resolve("run/tokenizer.json"), directory.resolve("run/tokenizer.model"));
    assertThat(execute(arguments).out()).isEqualTo(said.out());
    arguments[arguments.length - 1] = "5";
    assertThat(execute(arguments).out()).isNotEqualTo(said.out());
  }

  @Test
  void aTextDoesNotDependOnThoseBesideIt() throws Exception {
    Path prompts = directory.resolve("prompts.txt");
    Files.writeString(prompts, "a kind of\n\nthe act of being a\n");
    String[] common = {"--run", run(), "--tokens", "12", "--top-p", "0.9"};
    Said three =
        execute(
            with(
                common,
                "generate",
                "--seed",
                "4",
                "--prompts",
                prompts.toString(),
                "--batch",
                "2"));
    assertThat(three.exitCode()).as(three.err()).isZero();
    Said second = execute(with(common, "generate", "--seed", "5"));
    Said third = execute(with(common, "generate", "--seed", "6", "--prompt", "the act of being a"));
    assertThat(three.out()).startsWith("a kind of");
    assertThat(three.out()).endsWith("\n" + second.out() + "\n" + third.out());
    assertThat(three.err()).containsPattern("\\d+ tokens in .* tokens/s, after \\d+ tokens of");
  }

  @Test
  void aTextEndsWithTheContext() {
    Said said =
        execute("generate", "--run", run(), "--tokens", "500", "--temperature", "0", "--json");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out().strip()).hasLineCount(1);
    // An end-of-text before it, and one more token is drawn than can be read.
    assertThat(number(said.out(), "tokens")).isLessThanOrEqualTo(32);
    assertThat(said.out()).containsPattern("\"ending\":\"(context|end-of-text)\"");

    Said tooLong = execute("generate", "--run", run(), "--prompt", "one two ".repeat(50));
    assertThat(tooLong.exitCode()).isEqualTo(2);
    assertThat(tooLong.out()).isEmpty();
    assertThat(tooLong.err()).contains("prompt 1 has ").contains("the model reads 32: shorten it");
  }

  @Test
  void anExportedModelBecomesARunThatCanBeUsed() throws Exception {
    String model = directory.resolve("model").toString();
    String imported = directory.resolve("imported").toString();
    Said export = execute("export", "--run", run(), "--out", model, "--step", "15");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out())
        .contains("gpt_neox: its feed-forward networks are dense, not dense and low-rank;")
        .contains("holds the model of step 15, laid out as larkspur");
    Said importing = execute("import", "--from", model, "--run", imported);
    assertThat(importing.exitCode()).as(importing.err()).isZero();

    truncate(
        RunFiles.checkpoint(directory.resolve("run"), 20)
            .resolve("model.safetensors.00001-of-00002"));
    String[] prompt = {"--prompt", "a kind of", "--tokens", "9"};
    Said trained = execute(with(prompt, "generate", "--run", run()));
    assertThat(execute(with(prompt, "generate", "--run", imported)).out()).isEqualTo(trained.out());
    String[] measure = {"--set", corpus(), "--json", "--sequences", "3"};
    Said loss = execute(with(measure, "evaluate", "--run", imported));
    assertThat(loss.exitCode()).as(loss.err()).isZero();
    assertThat(number(loss.out(), "validationLoss"))
        .isEqualTo(
            number(execute(with(measure, "evaluate", "--run", run())).out(), "validationLoss"));

    Said going = execute(trainArguments(directory, "imported", "training.steps=2"));
    assertThat(going.exitCode()).as(going.err()).isZero();
    assertThat(RunFiles.steps(directory.resolve("imported"))).contains(2L);
    Said again = execute("import", "--from", model, "--run", imported);
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("which holds a run: name another");
    Said missing = execute("export", "--run", run(), "--out", model + "2", "--step", "16");
    assertThat(missing.err()).contains("no checkpoint of step 16").contains("15, 20");
  }

  @Test
  void aMissingRunIsNamed() {
    Said said = execute("evaluate", "--run", directory.resolve("nowhere").toString());
    assertThat(said.exitCode()).isNotZero();
    assertThat(said.err()).contains("nowhere is not a run's directory").contains("--run");
    assertOneMessage(said);
  }

  @Test
  void aTruncatedCheckpointIsNamedAndTheOneBeforeIsTaken() throws Exception {
    String damaged = "model.safetensors.00001-of-00002";
    truncate(RunFiles.checkpoint(directory.resolve("run"), 20).resolve(damaged));

    Said said = execute("evaluate", "--run", run(), "--set", corpus());
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.err())
        .contains("step-00000020-attempt-1/" + damaged + " is damaged")
        .contains("delete its directory");
    assertThat(said.out()).contains("step 15");
    assertThat(execute(trainArguments(directory, "run")).exitCode()).isZero();
    assertThat(RunFiles.tensors(directory.resolve("run"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(shared.resolve("run"), 20));
  }

  @Test
  void withoutAWholeCheckpointNothingBeginsAnew() throws Exception {
    for (long step : RunFiles.steps(directory.resolve("run"))) {
      truncate(
          RunFiles.checkpoint(directory.resolve("run"), step)
              .resolve("model.safetensors.00001-of-00002"));
    }
    for (String[] command :
        List.of(
            new String[] {"evaluate", "--run", run(), "--set", corpus()},
            new String[] {"generate", "--run", run()},
            trainArguments(directory, "run", "training.steps=30"))) {
      Said said = execute(command);
      assertThat(said.exitCode()).isNotZero();
      assertThat(said.err()).contains("is damaged").contains("delete its directory");
    }
  }

  @Test
  void aMissingManifestIsNamed() throws Exception {
    Files.delete(directory.resolve("corpus/manifest.json"));
    Said said = execute(trainArguments(directory, "other"));
    assertThat(said.exitCode()).isNotZero();
    assertThat(said.err()).contains("holds no finished corpus").contains("manifest.json");
    assertOneMessage(said);
    assertThat(directory.resolve("other")).doesNotExist();
  }

  @Test
  void aCorruptShardIsNamed() throws Exception {
    for (String shard : List.of("train-00000.parquet", "train-00001.parquet")) {
      Path file = directory.resolve("corpus").resolve(shard);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
    Said said = execute(trainArguments(directory, "other"));
    assertThat(said.exitCode()).isNotZero();
    assertThat(said.err()).containsPattern("train-0000[01].parquet is damaged");
    assertOneMessage(said);
    assertThat(Files.readString(directory.resolve("other/summary.json")))
        .contains("\"status\" : \"failed\"");
    assertThat(directory.resolve("other/checkpoints")).doesNotExist();
  }

  @Test
  void aFullDiskLeavesTheCheckpointBeforeIt() throws Exception {
    Said full =
        execute(
            trainArguments(
                directory,
                "other",
                "spark.\"hadoop.fs.file.impl\"=" + FullDisk.class.getName(),
                "spark.\"hadoop.fs.file.impl.disable.cache\"=true",
                "spark.hadoop.test.disk.full-at=step-00000010-attempt-1/adamw-second"));
    assertThat(full.exitCode()).isNotZero();
    assertThat(full.err()).contains("cannot write").contains("No space left on device");
    assertOneMessage(full);
    assertThat(Files.readString(directory.resolve("other/summary.json")))
        .contains("\"status\" : \"failed\"")
        .contains("No space left on device");

    Said said = execute(trainArguments(directory, "other"));
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(RunFiles.tensors(directory.resolve("other"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("run"), 20));
  }

  @Test
  void allThatDoesNotFitTheCorpusIsNamedAtOnceWithItsPlace() throws Exception {
    Path conf = directory.resolve("other.conf");
    Files.writeString(conf, "data.tokenizer = gpt2\n\nmodel.vocabulary = 300\n");
    List<String> arguments =
        new ArrayList<>(List.of(trainArguments(directory, "other", "model.context=64")));
    arguments.addAll(List.of("--conf", conf.toString()));

    Said said = execute(arguments.toArray(String[]::new));

    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err())
        .contains("--set: model.context = 64")
        .contains("other.conf:3: model.vocabulary = 300")
        .contains("other.conf:1: data.tokenizer = \"gpt2\"")
        .contains("made with another tokenizer");
    assertOneMessage(said);
    assertThat(directory.resolve("other")).doesNotExist();
  }

  @Test
  void describeTakesContextAndVocabularyOfTheCorpus() {
    List<String> arguments = new ArrayList<>(List.of("describe"));
    for (String assignment : SmallCorpus.arguments(directory, "other")) {
      arguments.addAll(List.of("--set", assignment));
    }
    arguments.addAll(List.of("--set", "data.context=77", "--set", "tokenizer.vocabulary=9999"));

    Said said = execute(arguments.toArray(String[]::new));

    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("context 32, vocabulary 512")
        .containsPattern("epochs +0\\.\\d\\d");
  }

  @Test
  void scalingTrainsAGridAndGoesOnWithIt() throws Exception {
    Said first = execute(scalingArguments("training.learning-rate=0.003"));
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("Trainings", "big, low").doesNotContain("Power laws");
    Path grid = directory.resolve("grid");
    assertThat(Files.readString(grid.resolve("index.html"))).contains("<svg", "big, low");
    JsonNode results = new ObjectMapper().readTree(grid.resolve("results.json").toFile());
    assertThat(results.path("runs")).hasSize(2);
    Files.delete(grid.resolve("small-low-3/summary.json"));
    deleteTree(RunFiles.checkpoint(grid.resolve("small-low-3"), 4));
    Files.delete(grid.resolve("results.json"));

    Said second = execute(scalingArguments("training.learning-rate=0.003"));
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(attempts(grid.resolve("small-low-3"))).isEqualTo(2);
    assertThat(attempts(grid.resolve("big-low-3"))).isEqualTo(1);
    JsonNode again = new ObjectMapper().readTree(grid.resolve("results.json").toFile());
    assertThat(again.findValuesAsText("loss"))
        .hasSize(2)
        .isEqualTo(results.findValuesAsText("loss"));

    Said other = execute(scalingArguments("training.learning-rate=0.004"));
    assertThat(other.exitCode()).isNotZero();
    assertThat(other.err())
        .contains("small-low-3 holds a training with other settings")
        .contains("training.learning-rate was 0.003 and is 0.004");
    assertOneMessage(other);
  }

  private static int attempts(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("attempts"))) {
      return (int) files.filter(file -> file.toString().endsWith(".json")).count();
    }
  }

  private String[] scalingArguments(String more) {
    List<String> arguments = new ArrayList<>(List.of("scaling", "--master", "local[2]"));
    String[] grid = {
      "run.seed=1",
      "training.steps=4",
      "training.validation-every=4",
      "checkpoint.every=2",
      "scaling.seeds=[3]",
      "scaling.sizes=[{ name = small }, { name = big, model.layers = 3 }]",
      "scaling.kinds=[{ name = low }]",
      more
    };
    for (String assignment : SmallCorpus.arguments(directory, "grid", grid)) {
      arguments.addAll(List.of("--set", assignment));
    }
    return arguments.toArray(String[]::new);
  }

  private record Said(int exitCode, String out, String err) {}

  private static Said execute(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Larkspur.commandLine();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Said(commandLine.execute(arguments), out.toString(), err.toString());
  }

  private static String[] trainArguments(Path directory, String run, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "--master", "local[2]"));
    for (String assignment : SmallCorpus.arguments(directory, run, more)) {
      arguments.addAll(List.of("--set", assignment));
    }
    return arguments.toArray(String[]::new);
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  private static void assertOneMessage(Said said) {
    assertThat(said.err()).startsWith("larkspur: ").doesNotContain("\tat ");
    assertThat(said.err().lines().filter(line -> line.startsWith("larkspur: "))).hasSize(1);
  }

  private static double number(String json, String name) {
    String value = json.substring(json.indexOf("\"" + name + "\"") + name.length() + 2);
    return Double.parseDouble(
        value.substring(value.indexOf(':') + 1).split("[,}\\n]", 2)[0].strip());
  }

  private String run() {
    return directory.resolve("run").toString();
  }

  private String corpus() {
    return "data.corpus=" + directory.resolve("corpus");
  }

  private static void truncate(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void deleteTree(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
