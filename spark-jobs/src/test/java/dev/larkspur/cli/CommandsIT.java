package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.launch.ClusterLoss.SparkEndedException;
import dev.larkspur.storage.FaultyFileSystem;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a trained run: what they print, and what they say when something is wrong. */
class CommandsIT {
  @TempDir private static Path shared;
  private Path directory;

  @BeforeAll
  static void train() throws Exception {
    SmallCorpus.prepare(shared);
    assertThat(Outcome.of(trainArguments(shared, "run")).exitCode()).isZero();
  }

  /** Each test may damage its own copy. */
  @BeforeEach
  void copy(TestInfo test) throws IOException {
    directory = shared.resolve(test.getTestMethod().orElseThrow().getName());
    for (String part : List.of("corpus", "run")) {
      FileUtils.copyDirectory(shared.resolve(part).toFile(), directory.resolve(part).toFile());
    }
  }

  @Test
  void evaluateMeasuresWhatTrainingEndedWith() throws Exception {
    Outcome outcome = Outcome.of("evaluate", "--run", run(), "--corpus", corpus(), "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    String summary = Files.readString(directory.resolve("run/summary.json"));
    double trained = number(summary, "validationLoss");
    assertThat(number(outcome.out(), "validationLoss")).isCloseTo(trained, within(1e-6));
    assertThat(number(outcome.out(), "unigramPerplexity")).isPositive();
  }

  @Test
  void evaluateMeasuresAsManySequencesAsAreAskedFor() {
    Outcome outcome =
        Outcome.of("evaluate", "--run", run(), "--corpus", corpus(), "--json", "--sequences", "3");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(number(outcome.out(), "sequences")).isEqualTo(3);
    assertThat(number(outcome.out(), "tokens")).isEqualTo(3 * 32);
    assertThat(number(outcome.out(), "validationLoss")).isBetween(1.0, Math.log(512));
  }

  @Test
  void tasksAreAskedAndTheirScoresAreKept() throws Exception {
    Path file = directory.resolve("own.jsonl");
    String line = "{\"context\": \"a\", \"choices\": [\"kind\", \"%s\"], \"answer\": %d}%n";
    Files.writeString(file, line.formatted("it", 0) + line.formatted("of", 1));
    String[] ask = {"--run", run(), "--tasks", file.toString(), "--json", "--shots", "1"};
    Outcome outcome = Outcome.of(with(ask, "evaluate", "--shots-from", file.toString()));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Path kept = directory.resolve("run/evaluations/step-00000020/own-1-shot.json");
    assertThat(number(Files.readString(kept), "value")).isEqualTo(number(outcome.out(), "value"));
    assertThat(Outcome.of(with(ask, "evaluate")).err()).contains("give --shots-from");
    Files.writeString(file, line.formatted("it", 2));
    Outcome refused = Outcome.of(with(ask, "evaluate", "--shots-from", file.toString()));
    assertThat(refused.err()).contains("own.jsonl, line 1: the field \"answer\" is 2, but must be");
    refused.assertOneMessage();
  }

  @Test
  void generateContinuesThePromptAndRepeatsItself() throws Exception {
    // The run stands for itself: its corpus may be gone.
    FileUtils.deleteDirectory(directory.resolve("corpus").toFile());
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
    Outcome outcome = Outcome.of(arguments);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).startsWith("a kind of");
    assertThat(outcome.out().strip().length()).isGreaterThan("a kind of".length());
    assertThat(Outcome.of(arguments).out()).isEqualTo(outcome.out());
    // The copy of a SentencePiece model has this name; what it holds tells what it is.
    Files.move(directory.resolve("run/tokenizer.json"), directory.resolve("run/tokenizer.model"));
    assertThat(Outcome.of(arguments).out()).isEqualTo(outcome.out());
    arguments[arguments.length - 1] = "5";
    assertThat(Outcome.of(arguments).out()).isNotEqualTo(outcome.out());
  }

  @Test
  void aTextDoesNotDependOnThoseBesideIt() throws Exception {
    Path prompts = directory.resolve("prompts.txt");
    Files.writeString(prompts, "a kind of\n\nthe act of being a\n");
    String[] common = {"--run", run(), "--tokens", "12", "--top-p", "0.9"};
    Outcome three =
        Outcome.of(
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
    Outcome second = Outcome.of(with(common, "generate", "--seed", "5"));
    Outcome third =
        Outcome.of(with(common, "generate", "--seed", "6", "--prompt", "the act of being a"));
    assertThat(three.out()).startsWith("a kind of");
    assertThat(three.out()).endsWith("\n" + second.out() + "\n" + third.out());
    assertThat(three.err()).containsPattern("\\d+ tokens in .* tokens/s, after \\d+ tokens of");
  }

  @Test
  void aTextEndsWithTheContext() {
    Outcome outcome =
        Outcome.of("generate", "--run", run(), "--tokens", "500", "--temperature", "0", "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out().strip()).hasLineCount(1);
    // An end-of-text before it, and one more token is drawn than can be read.
    assertThat(number(outcome.out(), "tokens")).isLessThanOrEqualTo(32);
    assertThat(outcome.out()).containsPattern("\"ending\":\"(context|end-of-text)\"");

    Outcome tooLong = Outcome.of("generate", "--run", run(), "--prompt", "one two ".repeat(50));
    assertThat(tooLong.exitCode()).isEqualTo(2);
    assertThat(tooLong.out()).isEmpty();
    assertThat(tooLong.err()).contains("prompt 1 has ").contains("the model reads 32: shorten it");
  }

  @Test
  void aModelIsExportedForDeeplearning4j() throws Exception {
    Path model = directory.resolve("graph");
    String[] command = {
      "export", "--run", run(), "--model", model.toString(), "--step", "15", "--format", "dl4j"
    };
    Outcome export = Outcome.of(command);
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("Model of step 15 written to ", " for Deeplearning4j");
    try (ZipFile graph = new ZipFile(model.resolve("dl4j-model.zip").toFile())) {
      // 64-bit header, then one float for each parameter.
      assertThat(graph.getEntry("coefficients.bin").getSize()).isGreaterThan(4 * 512 * 32);
      assertThat(
              new String(
                  graph.getInputStream(graph.getEntry("configuration.json")).readAllBytes(),
                  StandardCharsets.UTF_8))
          .contains("layers.1.ffn");
    }
    assertThat(Files.readString(model.resolve("README.md"))).contains("After step 15");
    assertThat(model.resolve("tokenizer.json")).exists();
    assertThat(Outcome.of(command).err()).contains("dl4j-model.zip is there already");
    assertThat(Outcome.of(with(new String[] {"--layout", "llama"}, command)).err())
        .contains("--layout is not for --format dl4j");
    assertThat(Outcome.of("export", "--run", run(), "--model", "x", "--format", "onnx").err())
        .contains("--format is onnx: give safetensors, gguf or dl4j");
  }

  @Test
  void anExportedModelBecomesARunThatCanBeUsed() throws Exception {
    String model = directory.resolve("model").toString();
    String imported = directory.resolve("imported").toString();
    Outcome export = Outcome.of("export", "--run", run(), "--model", model, "--step", "15");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out())
        .contains("gpt_neox: its feed-forward networks are dense, not dense and low-rank;")
        .contains("Model of step 15 written to ", " in the layout larkspur");
    Outcome importing = Outcome.of("import", "--model", model, "--run", imported);
    assertThat(importing.exitCode()).as(importing.err()).isZero();

    truncate(
        RunFiles.checkpoint(directory.resolve("run"), 20)
            .resolve("model.safetensors.00001-of-00002"));
    String[] prompt = {"--prompt", "a kind of", "--tokens", "9"};
    Outcome trained = Outcome.of(with(prompt, "generate", "--run", run()));
    assertThat(Outcome.of(with(prompt, "generate", "--run", imported)).out())
        .isEqualTo(trained.out());
    String[] measure = {"--corpus", corpus(), "--json", "--sequences", "3"};
    Outcome loss = Outcome.of(with(measure, "evaluate", "--run", imported));
    assertThat(loss.exitCode()).as(loss.err()).isZero();
    assertThat(number(loss.out(), "validationLoss"))
        .isEqualTo(
            number(Outcome.of(with(measure, "evaluate", "--run", run())).out(), "validationLoss"));

    Outcome going = Outcome.of(trainArguments(directory, "imported", "training.steps=2"));
    assertThat(going.exitCode()).as(going.err()).isZero();
    assertThat(RunFiles.steps(directory.resolve("imported"))).contains(2L);
    Outcome again = Outcome.of("import", "--model", model, "--run", imported);
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("which contains a run: name another");
    Outcome missing = Outcome.of("export", "--run", run(), "--model", model + "2", "--step", "16");
    assertThat(missing.err()).contains("no checkpoint of step 16").contains("15, 20");
  }

  @Test
  void aMissingRunIsNamed() {
    Outcome outcome = Outcome.of("evaluate", "--run", directory.resolve("nowhere").toString());
    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.err()).contains("nowhere is not the directory of a run").contains("--run");
    outcome.assertOneMessage();
  }

  @Test
  void aTruncatedCheckpointIsNamedAndTheOneBeforeIsTaken() throws Exception {
    String damaged = "model.safetensors.00001-of-00002";
    truncate(RunFiles.checkpoint(directory.resolve("run"), 20).resolve(damaged));

    Outcome outcome = Outcome.of("evaluate", "--run", run(), "--corpus", corpus());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err())
        .contains("step-00000020-attempt-1/" + damaged + " is damaged")
        .contains("delete its directory");
    assertThat(outcome.out()).contains("step 15");
    assertThat(Outcome.of(trainArguments(directory, "run")).exitCode()).isZero();
    assertThat(RunFiles.tensors(directory.resolve("run"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(shared.resolve("run"), 20));
  }

  @Test
  void withoutAnIntactCheckpointNothingStartsOver() throws Exception {
    for (long step : RunFiles.steps(directory.resolve("run"))) {
      truncate(
          RunFiles.checkpoint(directory.resolve("run"), step)
              .resolve("model.safetensors.00001-of-00002"));
    }
    for (String[] command :
        List.of(
            new String[] {"evaluate", "--run", run(), "--corpus", corpus()},
            new String[] {"generate", "--run", run()},
            trainArguments(directory, "run", "training.steps=30"))) {
      Outcome outcome = Outcome.of(command);
      assertThat(outcome.exitCode()).isNotZero();
      assertThat(outcome.err()).contains("is damaged").contains("delete its directory");
    }
  }

  @Test
  void aMissingManifestIsNamed() throws Exception {
    Files.delete(directory.resolve("corpus/manifest.json"));
    Outcome outcome = Outcome.of(trainArguments(directory, "other"));
    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.err()).contains("contains no finished corpus").contains("manifest.json");
    outcome.assertOneMessage();
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
    Outcome outcome = Outcome.of(trainArguments(directory, "other"));
    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.err()).containsPattern("train-0000[01].parquet is damaged");
    outcome.assertOneMessage();
    assertThat(Files.readString(directory.resolve("other/summary.json")))
        .contains("\"status\" : \"failed\"");
    assertThat(directory.resolve("other/checkpoints")).doesNotExist();
  }

  @Test
  void aFullDiskLeavesTheCheckpointBeforeIt() throws Exception {
    Outcome full =
        Outcome.of(
            trainArguments(
                directory,
                "other",
                "spark.\"hadoop.fs.file.impl\"=" + FaultyFileSystem.class.getName(),
                "spark.\"hadoop.fs.file.impl.disable.cache\"=true",
                "spark.hadoop.test.disk.full-at=step-00000010-attempt-1/adamw-second"));
    assertThat(full.exitCode()).isNotZero();
    assertThat(full.err()).contains("cannot write").contains("No space left on device");
    full.assertOneMessage();
    assertThat(Files.readString(directory.resolve("other/summary.json")))
        .contains("\"status\" : \"failed\"")
        .contains("No space left on device");

    Outcome outcome = Outcome.of(trainArguments(directory, "other"));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(RunFiles.tensors(directory.resolve("other"), 20))
        .containsExactlyEntriesOf(RunFiles.tensors(directory.resolve("run"), 20));
  }

  @Test
  void thatSparkHasEndedIsFoundFromItsContext() {
    SparkOptions spark = new SparkOptions();
    IllegalStateException failure = new IllegalStateException("whatever fails then");
    assertThatThrownBy(
            () ->
                spark.runEmbedded(
                    SmallCorpus.settings(directory, "ended"),
                    "ended",
                    1,
                    session -> {
                      session.stop();
                      throw failure;
                    }))
        .isInstanceOf(SparkEndedException.class)
        .hasCause(failure);
  }

  @Test
  void allThatDoesNotFitTheCorpusIsNamedAtOnceWithItsPlace() throws Exception {
    Path conf = directory.resolve("other.conf");
    Files.writeString(conf, "data.tokenizer = gpt2\n\nmodel.vocabulary = 300\n");
    List<String> arguments =
        new ArrayList<>(List.of(trainArguments(directory, "other", "model.context=64")));
    arguments.addAll(List.of("--conf", conf.toString()));

    Outcome outcome = Outcome.of(arguments.toArray(String[]::new));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--set: model.context = 64")
        .contains("other.conf:3: model.vocabulary = 300")
        .contains("other.conf:1: data.tokenizer = \"gpt2\"")
        .contains("prepared with another tokenizer");
    outcome.assertOneMessage();
    assertThat(directory.resolve("other")).doesNotExist();
  }

  @Test
  void describeTakesContextAndVocabularyOfTheCorpus() {
    List<String> arguments = new ArrayList<>(List.of("describe"));
    for (String assignment : SmallCorpus.arguments(directory, "other")) {
      arguments.addAll(List.of("--set", assignment));
    }
    arguments.addAll(List.of("--set", "data.context=77", "--set", "tokenizer.vocabulary=9999"));

    Outcome outcome = Outcome.of(arguments.toArray(String[]::new));

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("context 32, vocabulary 512")
        .containsPattern("epochs +0\\.\\d\\d");
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

  private static double number(String json, String name) {
    String value = json.substring(json.indexOf("\"" + name + "\"") + name.length() + 2);
    return Double.parseDouble(
        value.substring(value.indexOf(':') + 1).split("[,}\\n]", 2)[0].strip());
  }

  private String run() {
    return directory.resolve("run").toString();
  }

  private String corpus() {
    return directory.resolve("corpus").toString();
  }

  private static void truncate(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }
}
