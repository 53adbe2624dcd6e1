package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that start from the parameters of another model. */
class InitialModelIT {
  @TempDir private static Path directory;

  @BeforeAll
  static void train() throws Exception {
    SmallCorpus.prepare(directory);
    List<String> arguments = new ArrayList<>(List.of("train", "--master", "local[2]"));
    for (String assignment : SmallCorpus.arguments(directory, "run", "training.steps=10")) {
      arguments.addAll(List.of("--set", assignment));
    }
    assertThat(Outcome.of(arguments.toArray(String[]::new)).exitCode()).isZero();
  }

  @Test
  void aRunTakesOverParametersAndShapeAndResumesWithoutTheModel() throws Exception {
    export("run", "10", "exported");
    for (String from : List.of("run", "run/checkpoints/step-00000010-attempt-1", "exported")) {
      String run = "from-" + from.replace('/', '-');
      Outcome first = trainFrom(from, run, "training.steps=2");
      assertThat(first.exitCode()).as(first.err()).isZero();
      export(run, "0", run + "-exported");
      assertThat(directory.resolve(run + "-exported/model.safetensors"))
          .hasSameBinaryContentAs(directory.resolve("exported/model.safetensors"));
      assertThat(Files.readString(directory.resolve(run + "/initial-model.json")))
          .contains("\"model\" : \"" + directory.resolve(from) + "\"")
          .containsPattern("\"parametersSha256\" : \"[0-9a-f]{64}\"");
      // The trained model's loss is far below that of random parameters, which is log(512) = 6.2.
      assertThat(RunFiles.metrics(directory.resolve(run)).get(0).get("loss").asDouble())
          .isLessThan(6.1);
    }

    Files.move(directory.resolve("exported"), directory.resolve("gone"));
    Outcome longer = trainFrom("exported", "from-exported", "training.steps=4");
    assertThat(longer.exitCode()).as(longer.err()).isZero();
    assertThat(RunFiles.steps(directory.resolve("from-exported"))).contains(4L);
    Outcome other = trainFrom("run", "from-exported", "training.steps=6");
    assertThat(other.err()).contains("run.initial-model was ").contains("exported and is ");
  }

  @Test
  void allThatDoesNotFitIsNamedBeforeSparkStarts() throws Exception {
    Outcome shape =
        trainFrom("run", "other", "model.hidden-dim=64", "training.self-guided.mode=fixed-step");
    assertThat(shape.exitCode()).isEqualTo(2);
    assertThat(shape.err())
        .contains("model.hidden-dim = 64\n")
        .contains("it is 32 in run.initial-model, " + directory.resolve("run"))
        .contains("leave it out: the run takes it from there")
        .contains("training.self-guided.mode = \"fixed-step\"\n");

    export("run", "10", "other-tokenizer");
    Path tokenizer = directory.resolve("other-tokenizer/tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");
    assertThat(trainFrom("other-tokenizer", "other").err())
        .contains("data.corpus = ")
        .contains("its tokenizer, tokenizer.json of 512 entries, is not that of ")
        .contains("prepare a corpus with the model's tokenizer: prepare --tokenizer " + tokenizer);
    Outcome missing = trainFrom("nowhere", "other");
    assertThat(missing.err()).contains("is neither a run, nor a complete checkpoint of one, nor");
    missing.assertOneMessage();
    assertThat(Outcome.of("train", "--from", "foo://x", "--set", "run.dir=" + directory).err())
        .contains("run.initial-model = foo://x cannot be used");
    assertThat(directory.resolve("other")).doesNotExist();
  }

  private static void export(String run, String step, String model) {
    Outcome outcome =
        Outcome.of(
            "export",
            "--run",
            directory.resolve(run).toString(),
            "--step",
            step,
            "--model",
            directory.resolve(model).toString());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
  }

  private static Outcome trainFrom(String model, String run, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", "--master", "local[2]"));
    arguments.addAll(List.of("--from", directory.resolve(model).toString()));
    arguments.addAll(List.of("--run", directory.resolve(run).toString()));
    arguments.addAll(List.of("--corpus", directory.resolve("corpus").toString()));
    List<String> training = new ArrayList<>();
    for (String assignment : SmallCorpus.arguments(directory, run, "checkpoint.keep=9")) {
      if (assignment.startsWith("training.") || assignment.startsWith("checkpoint.")) {
        training.add(assignment);
      }
    }
    training.addAll(List.of(more));
    training.forEach(assignment -> arguments.addAll(List.of("--set", assignment)));
    return Outcome.of(arguments.toArray(String[]::new));
  }
}
