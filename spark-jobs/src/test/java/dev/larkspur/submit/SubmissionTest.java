package dev.larkspur.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.costmodel.TrainingPlan;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.SubmittedFiles;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.submit.Submission.Planned;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmissionTest {
  private static final URI LOG = URI.create("jar:file:/a.jar!/log.properties");

  @TempDir private Path home;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void install() throws IOException {
    Path program = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
    Files.writeString(program, "");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.createDirectory(home.resolve("conf"));
    environment.put("SPARK_HOME", home.toString());
  }

  private void defaults(String text) throws IOException {
    Files.writeString(home.resolve("conf/spark-defaults.conf"), text);
  }

  private List<String> words(Planned planned, String... arguments) {
    return new Submission(SubmitArguments.parse(List.of(arguments)), planned, environment)
        .words("/larkspur.jar", LOG);
  }

  private static Planned planned(String... addOns) {
    return new Planned(
        "larkspur train first",
        Map.of("spark.task.cpus", "2"),
        List.of(),
        new SubmittedFiles(Map.of()),
        List.of(addOns).stream().map(Path::of).toList(),
        Optional.empty());
  }

  @Test
  void theCommandFollowsWhatIsGivenAndWhatIsDerived() {
    assertThat(words(planned(), "--master", "yarn", "train", "--conf", "a.conf"))
        .containsExactly(
            "env",
            "SPARK_SUBMIT_OPTS=-Dlog4j2.configurationFile=" + LOG,
            home + "/bin/spark-submit",
            "--master",
            "yarn",
            "--class",
            "dev.larkspur.cli.Larkspur",
            "--name",
            "larkspur train first",
            "--conf",
            "spark.driver.memory=2g",
            "--conf",
            "spark.task.cpus=2",
            "/larkspur.jar",
            "train",
            "--conf",
            "a.conf");
  }

  @Test
  void whatIsSetIsNotDerived() throws IOException {
    defaults("spark.driver.memory 3g\nspark.app.name=mine\n");

    assertThat(words(planned(), "train"))
        .doesNotContain("--name")
        .noneMatch(word -> word.startsWith("spark.driver.memory"));
    // Spark reads this file in place of the defaults, so they count no more.
    Path file = Files.writeString(home.resolve("mine.conf"), "spark.eventLog.enabled true\n");
    assertThat(words(planned(), "--properties-file", file.toString(), "train"))
        .contains("--name", "spark.driver.memory=2g");
  }

  @Test
  void optionsOfTheAdministratorsJvmAreKept() throws IOException {
    defaults("spark.driver.extraJavaOptions -Dadmin=1\n");
    environment.put("SPARK_SUBMIT_OPTS", "-Dsite=1");
    environment.put("LARKSPUR_JAVA_ARGS", "-Dmine=1");

    assertThat(words(planned(), "train"))
        .contains("SPARK_SUBMIT_OPTS=-Dsite=1 -Dlog4j2.configurationFile=" + LOG + " -Dmine=1")
        .noneMatch(word -> word.startsWith("spark.driver.extraJavaOptions"));
    assertThat(words(planned(), "--deploy-mode", "cluster", "train"))
        .contains("spark.driver.extraJavaOptions=-Dadmin=1 -Dmine=1");
    // Spark prefers the option to --conf of its property.
    String option = "--driver-java-options";
    assertThat(words(planned(), option, "-Dgiven=1", "--deploy-mode", "cluster", "train"))
        .containsSubsequence(option, "-Dgiven=1", option, "-Dgiven=1 -Dmine=1")
        .noneMatch(word -> word.startsWith("spark.driver.extraJavaOptions"));
  }

  @Test
  void aDriverOnAStandaloneClusterMayReachTheInternalsOfTheJdkThatSparkNeeds() {
    assertThat(words(planned(), "--master", "spark://h:7077", "--deploy-mode", "cluster", "train"))
        .anyMatch(
            word ->
                word.startsWith("spark.driver.extraJavaOptions=")
                    && word.contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"));
  }

  @Test
  void theAdministratorsLogIsKept() throws IOException {
    Files.writeString(home.resolve("conf/log4j2.properties"), "");

    assertThat(words(planned(), "train"))
        .noneMatch(word -> word.contains("log4j2.configurationFile"));
  }

  @Test
  void theAddOnJarJoinsTheJarsThatAreSet() throws IOException {
    defaults("spark.jars /admin.jar\n");

    assertThat(words(planned("/dl4j.jar"), "train"))
        .containsSubsequence("--jars", "/admin.jar,/dl4j.jar");
    assertThat(words(planned("/dl4j.jar"), "--jars", "/mine.jar", "train"))
        .containsSubsequence("--jars", "/mine.jar", "--jars", "/mine.jar,/dl4j.jar");
    assertThat(words(planned(), "train")).doesNotContain("--jars");
  }

  @Test
  void aDriverElsewhereGetsItsEnvironment() {
    environment.put("NCCL_DEBUG", "INFO");

    assertThat(words(planned(), "--master", "yarn", "--deploy-mode", "cluster", "train"))
        .contains(
            "spark.yarn.appMasterEnv.LC_ALL=C.UTF-8",
            "spark.yarn.appMasterEnv.MALLOC_ARENA_MAX=1",
            "spark.yarn.appMasterEnv.NCCL_DEBUG=INFO");
    assertThat(words(planned(), "--master", "k8s://h", "--deploy-mode", "cluster", "train"))
        .contains("spark.kubernetes.driverEnv.LC_ALL=C.UTF-8");
    assertThat(words(planned(), "--master", "yarn", "train"))
        .noneMatch(word -> word.contains("Env."));
  }

  @Test
  void aTrainingAsksForItsWorkersAndTheirMemory() {
    Settings settings =
        new SettingsLoader()
            .file("conf/model/s.conf")
            .set("training.workers=4")
            .set("training.micro-batch=4")
            .set("training.steps=10")
            .set("training.tokens=null")
            .load(Purpose.DESCRIBE);
    TrainingPlan plan =
        TrainingPlan.of(
            settings.model().toConfig(128, 4096), settings.training(), Optional.empty());
    TrainingSize size = new TrainingSize(plan, settings.training());
    Planned training =
        new Planned(
            "a", Map.of(), List.of(), new SubmittedFiles(Map.of()), List.of(), Optional.of(size));
    double worker = 1.25 * plan.memory().total() + plan.checkpointBytes() / 4.0;

    assertThat(words(training, "--master", "yarn", "train"))
        .contains("spark.executor.instances=4", "spark.executor.memory=1g")
        .contains("spark.executor.memoryOverhead=" + mib(worker + (1L << 30)) + "m");
    assertThat(
            words(
                training,
                "--master",
                "yarn",
                "--executor-cores",
                "4",
                "--conf",
                "spark.task.cpus=2",
                "--executor-memory",
                "3g",
                "train"))
        .contains("spark.executor.instances=2")
        .contains("spark.executor.memoryOverhead=" + mib(2 * worker + (1L << 30)) + "m")
        .doesNotContain("spark.executor.memory=1g");
    assertThat(words(training, "--master", "spark://h:7077", "train"))
        .noneMatch(word -> word.startsWith("spark.executor."));
  }

  /** In steps of 256 MiB. */
  private static long mib(double bytes) {
    return 256 * (long) Math.ceil(bytes / (256 << 20));
  }

  @Test
  void settingsFilesTravelInClusterModeOnlyAndWithoutSecrets() throws IOException {
    Path included = Files.writeString(home.resolve("base.conf"), "model.layers = 2\n");
    Path file =
        Files.writeString(home.resolve("small.conf"), "include \"base.conf\"\nrun.name = x\n");
    SubmittedFiles files = SubmittedFiles.of(List.of(file.toString(), "conf/quickstart.conf"));
    Planned planned = new Planned("a", Map.of(), List.of(), files, List.of(), Optional.empty());

    assertThat(files.texts()).containsOnlyKeys(file.toString(), included.toString());
    assertThat(words(planned, "--deploy-mode", "cluster", "train"))
        .contains(SubmittedFiles.PROPERTY + "=" + files.encoded());
    assertThat(words(planned, "train")).noneMatch(word -> word.startsWith(SubmittedFiles.PROPERTY));
    Planned secret =
        new Planned(
            "a", Map.of(), List.of("spark.ssl.keyPassword"), files, List.of(), Optional.empty());
    assertThatThrownBy(() -> words(secret, "--deploy-mode", "cluster", "train"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("spark.ssl.keyPassword could be read in lists of processes");
  }

  @Test
  void withoutSparkThereIsNothingToSubmitWith() {
    environment.remove("SPARK_HOME");

    assertThatThrownBy(() -> words(planned(), "train"))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("SPARK_HOME is not set");
  }
}
