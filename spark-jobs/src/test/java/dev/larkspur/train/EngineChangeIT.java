package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engines train alike, and each resumes what the other has begun. */
class EngineChangeIT {
  private static final String TORCH = "training.engine=torch";
  private static final String DL4J = "training.engine=dl4j";
  private static final String STEPS = "training.steps=10";

  private static final Offset<Double> ROUNDING = within(1e-4);

  @TempDir private static Path directory;
  private static EmbeddedTrainings trainings;

  @BeforeAll
  static void prepare() throws Exception {
    trainings = EmbeddedTrainings.prepare(directory);
    trainings.train("torch", TORCH, STEPS);
    trainings.train("dl4j", DL4J, STEPS);
  }

  @AfterAll
  static void stop() {
    trainings.close();
  }

  @Test
  void twoWorkersOfEachEndWithTheSameLoss() throws IOException {
    assertSameCourse("dl4j", "torch");
    assertThat(trainings.evaluated("dl4j", DL4J, STEPS))
        .isCloseTo(trainings.evaluated("torch", TORCH, STEPS), ROUNDING);
  }

  @Test
  void dl4jResumesWhatTorchHasBegun() throws IOException {
    diesAfterStep5("torch", "torch-dl4j");
    assertThat(trainings.train("torch-dl4j", DL4J, STEPS).step()).isEqualTo(10);
    assertSameCourse("torch-dl4j", "torch");
    // Either engine reads what the other has left.
    assertThat(trainings.evaluated("torch-dl4j", TORCH, STEPS))
        .isCloseTo(trainings.evaluated("torch-dl4j", DL4J, STEPS), ROUNDING);
  }

  @Test
  void torchResumesWhatDl4jHasBegun() throws IOException {
    diesAfterStep5("dl4j", "dl4j-torch");
    assertThat(trainings.train("dl4j-torch", TORCH, STEPS).step()).isEqualTo(10);
    assertSameCourse("dl4j-torch", "torch");
  }

  @Test
  void dl4jResumesItsOwnToTheBit() throws IOException {
    diesAfterStep5("dl4j", "dl4j-cut");
    trainings.train("dl4j-cut", DL4J, STEPS);
    trainings.assertSameTensors("dl4j-cut", "dl4j");
    assertThat(trainings.losses("dl4j-cut")).isEqualTo(trainings.losses("dl4j"));
  }

  @Test
  void oneWorkerOfDl4jEqualsTwo() throws IOException {
    trainings.train("dl4j-one", DL4J, STEPS, "training.workers=1");
    assertSameCourse("dl4j-one", "dl4j");
  }

  /** A copy of a run as it would be if it had died after step 5. */
  private static void diesAfterStep5(String run, String copy) throws IOException {
    FileUtils.copyDirectory(trainings.path(run).toFile(), trainings.path(copy).toFile());
    Files.delete(RunFiles.checkpoint(trainings.path(copy), 10).resolve("manifest.json"));
  }

  private static void assertSameCourse(String run, String other) throws IOException {
    assertThat(trainings.steps(run)).isEqualTo(trainings.steps(other));
    double[] losses = trainings.losses(run).stream().mapToDouble(loss -> loss).toArray();
    double[] others = trainings.losses(other).stream().mapToDouble(loss -> loss).toArray();
    assertThat(losses).containsExactly(others, ROUNDING);
  }
}
