package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.launch.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/kubernetes}: what its files say, and the pods that Spark makes of them. */
@EnabledIfSystemProperty(
    named = "scala.binary.version",
    matches = "2\\.13",
    disabledReason = "the Spark on Kubernetes for tests is of the other line")
class KubernetesIT {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");
  private static final Path WRITTEN =
      Path.of("src/test/resources/formats/version-4").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;

  @BeforeAll
  static void readManifests() throws Exception {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(KUBERNETES)) {
      all.filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .forEach(files::add);
    }
    files.add(DEPLOY.resolve("schedule/kubernetes-cronjob.yaml"));
    try (Child child = KubernetesApi.manifests(directory, files)) {
      assertThat(child.exitCode()).as(child::output).isZero();
    }
  }

  /** A document of a manifest. */
  private static JsonNode manifest(String file, int number) throws IOException {
    return JSON.readTree(directory.resolve(file + ".json").toFile()).path(number);
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static List<String> texts(JsonNode array) {
    return list(array).stream().map(JsonNode::asText).toList();
  }

  /** What is in the settings of Spark, with the lines for GPUs. */
  private static Properties sparkProperties() throws IOException {
    Properties properties = new Properties();
    properties.load(Files.newBufferedReader(withGpus()));
    return properties;
  }

  private static Path withGpus() throws IOException {
    String text = Files.readString(KUBERNETES.resolve("spark.properties"));
    String gpus = text.substring(text.indexOf("# One GPU for each worker"));
    return Files.writeString(
        directory.resolve("gpu.properties"),
        text.replace(gpus, gpus.replaceAll("(?m)^# (spark\\.)", "$1")));
  }

  @Test
  void aFieldThatDoesNotExistIsRefused() throws Exception {
    Path wrong = directory.resolve("wrong.yaml");
    Files.writeString(
        wrong,
        Files.readString(KUBERNETES.resolve("executor-template.yaml"))
            .replace("terminationGracePeriodSeconds", "terminationGracePeriod"));
    try (Child child = KubernetesApi.manifests(directory, List.of(wrong))) {
      assertThat(child.exitCode()).isEqualTo(1);
      assertThat(child.output()).contains("\"terminationGracePeriod\"");
    }
  }

  @Test
  void kubectlMakesTheCommonObjects() throws Exception {
    assumeTrue(isOnPath("kubectl"), "there is no kubectl on this machine");
    List<String> command = List.of("kubectl", "kustomize", KUBERNETES.toString());
    try (Child child = Child.start(command, Map.of())) {
      assertThat(child.exitCode()).as(child::output).isZero();
      assertThat(child.output())
          .contains("kind: ConfigMap", "kind: RoleBinding", "  executor-template.yaml: |");
    }
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  @Test
  void theDriverOfClusterModeIsWhatTheFilesSay() throws Exception {
    try (KubernetesApi api = new KubernetesApi(directory.resolve("cluster-mode"))) {
      List<String> arguments = new ArrayList<>(templates());
      arguments.addAll(
          List.of(
              "--deploy-mode",
              "cluster",
              "--name",
              "s-32",
              "--properties-file",
              KUBERNETES.resolve("spark.properties").toString(),
              "--conf",
              "spark.kubernetes.submission.waitAppCompletion=false",
              "--class",
              "dev.larkspur.cli.Larkspur",
              "local:///opt/larkspur/larkspur.jar",
              "train",
              "--run",
              "s3a://bucket/runs/s-32"));
      try (Child child = api.submit(arguments)) {
        JsonNode pod = api.await("Pod", "s-32-.*-driver");
        assertThat(child.exitCode()).as(child::output).isZero();

        assertPod(pod, "driver", "larkspur-driver");
        JsonNode container = pod.at("/spec/containers/0");
        assertThat(texts(container.path("args")))
            .containsSubsequence("local:///opt/larkspur/larkspur.jar", "train", "--run");
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("3072Mi");
        assertThat(container.path("image").asText())
            .isEqualTo("registry.example.com/larkspur:0.1.0");
        assertThat(list(container.path("ports")).stream().map(p -> p.path("containerPort").asInt()))
            .contains(7078, 7079, 4040);
        assertThat(secret(container, "AWS_ACCESS_KEY_ID")).isEqualTo("larkspur-s3:access-key");
      }
    }
  }

  @Test
  void theExecutorsOfTheJobAreWhatTheFilesSay() throws Exception {
    JsonNode job = manifest("train-job.yaml", 0);
    ObjectNode driver = job.at("/spec/template").deepCopy();
    driver.put("apiVersion", "v1").put("kind", "Pod");
    ((ObjectNode) driver.path("metadata")).put("name", "job-driver");
    try (KubernetesApi api = new KubernetesApi(directory.resolve("job"))) {
      api.create(driver, "larkspur");
      api.await("Pod", "job-driver");
      try (Child child = api.submit(jobArguments(job))) {
        JsonNode pod;
        try {
          pod = api.await("Pod", ".*-exec-2");
        } catch (IllegalStateException e) {
          throw new AssertionError(child.output(), e);
        }

        assertPod(pod, "worker", "larkspur-executor");
        assertThat(pod.at("/metadata/ownerReferences/0/name").asText()).isEqualTo("job-driver");
        assertThat(texts(pod.at("/spec/tolerations")))
            .hasSize(list(manifest("executor-template.yaml", 0).at("/spec/tolerations")).size());
        assertThat(pod.at("/spec/tolerations/0/key").asText()).isEqualTo("nvidia.com/gpu");
        JsonNode container = pod.at("/spec/containers/0");
        assertThat(container.at("/resources/limits/nvidia.com~1gpu").asText()).isEqualTo("1");
        assertThat(container.at("/resources/limits/memory").asText()).isEqualTo("12288Mi");
        assertThat(container.at("/resources/limits/cpu").asText()).isEqualTo("4");
        assertThat(mounts(pod, container)).containsEntry("/dev/shm", "Memory");
        assertThat(environment(container))
            .containsEntry("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
            .containsEntry("NCCL_DEBUG", "WARN")
            .containsEntry("LC_ALL", "C.UTF-8")
            .containsEntry("MALLOC_ARENA_MAX", "1");
        assertThat(environment(container).values())
            .anyMatch(value -> value.startsWith("-Dorg.bytedeco.javacpp.cachedir=/opt/larkspur"));
        assertThat(secret(container, "AWS_SECRET_ACCESS_KEY")).isEqualTo("larkspur-s3:secret-key");
      }
    }
  }

  /** What drivers and executors have in common. */
  private static void assertPod(JsonNode pod, String component, String account) {
    assertThat(pod.at("/metadata/labels/app.kubernetes.io~1name").asText()).isEqualTo("larkspur");
    assertThat(pod.at("/metadata/labels/app.kubernetes.io~1component").asText())
        .isEqualTo(component);
    assertThat(pod.at("/metadata/labels/spark-role").asText())
        .isEqualTo(component.equals("driver") ? "driver" : "executor");
    JsonNode spec = pod.path("spec");
    assertThat(spec.path("terminationGracePeriodSeconds").asInt()).isEqualTo(120);
    assertThat(spec.path("serviceAccountName").asText()).isEqualTo(account);
    assertThat(spec.at("/nodeSelector/kubernetes.io~1arch").asText()).isEqualTo("amd64");
    assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(spec.at("/securityContext/runAsUser").asInt()).isEqualTo(185);
    assertThat(spec.at("/containers/0/securityContext/allowPrivilegeEscalation").asBoolean(true))
        .isFalse();
  }

  private static List<String> templates() {
    return List.of(
        "--conf",
        "spark.kubernetes.driver.podTemplateFile=" + KUBERNETES.resolve("driver-template.yaml"),
        "--conf",
        "spark.kubernetes.executor.podTemplateFile="
            + KUBERNETES.resolve("executor-template.yaml"));
  }

  /** The arguments of the job's driver, with places and a small model of this test. */
  private static List<String> jobArguments(JsonNode job) throws IOException {
    Map<String, String> places =
        Map.of(
            "/etc/larkspur/spark.properties", withGpus().toString(),
            "conf/paper/s-low-rank-32.conf", WRITTEN.resolve("small.conf").toString(),
            "local:///opt/larkspur/larkspur.jar", BuiltJar.jar().toUri().toString(),
            "s3a://bucket/corpora/refinedweb", WRITTEN.resolve("corpus").toUri().toString(),
            "s3a://bucket/runs/s-32", directory.resolve("run").toUri().toString());
    List<String> given = texts(job.at("/spec/template/spec/containers/0/args"));
    assertThat(given).startsWith("--master", "k8s://https://kubernetes.default.svc");
    assertThat(given).containsAll(places.keySet());
    List<String> arguments = new ArrayList<>();
    for (String argument : given.subList(2, given.size())) {
      arguments.add(
          places
              .getOrDefault(argument, argument)
              .replace("/etc/larkspur/", KUBERNETES + "/")
              .replace("$(POD_NAME)", "job-driver")
              .replace("$(POD_IP)", "127.0.0.1")
              // The ports of this machine may be taken.
              .replace("bindAddress=0.0.0.0", "bindAddress=127.0.0.1"));
    }
    for (String port : List.of("driver.port", "driver.blockManager.port", "ui.port")) {
      arguments.addAll(0, List.of("--conf", "spark." + port + "=0"));
    }
    return arguments;
  }

  private static Map<String, String> environment(JsonNode container) {
    Map<String, String> variables = new HashMap<>();
    for (JsonNode variable : container.path("env")) {
      variables.put(variable.path("name").asText(), variable.path("value").asText());
    }
    return variables;
  }

  private static String secret(JsonNode container, String variable) {
    return list(container.path("env")).stream()
        .filter(each -> each.path("name").asText().equals(variable))
        .map(each -> each.at("/valueFrom/secretKeyRef"))
        .map(key -> key.path("name").asText() + ":" + key.path("key").asText())
        .findAny()
        .orElse("");
  }

  /** The media of the empty volumes of a pod, by the place where the container has them. */
  private static Map<String, String> mounts(JsonNode pod, JsonNode container) {
    Map<String, String> media = new HashMap<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      for (JsonNode volume : pod.at("/spec/volumes")) {
        if (volume.path("name").equals(mount.path("name"))) {
          media.put(mount.path("mountPath").asText(), volume.at("/emptyDir/medium").asText());
        }
      }
    }
    return media;
  }

  @Test
  void theNetworkPolicyOpensThePortsThatTheSettingsName() throws Exception {
    Properties properties = sparkProperties();
    JsonNode driver = manifest("network-policy.yaml", 0).at("/spec/ingress");
    JsonNode executor = manifest("network-policy.yaml", 1).at("/spec/ingress");

    assertThat(driver.at("/0/ports/0/port").asText())
        .isEqualTo(properties.getProperty("spark.driver.port"));
    assertThat(driver.at("/0/ports/0/endPort").asText())
        .isEqualTo(properties.getProperty("spark.driver.blockManager.port"));
    assertThat(driver.at("/1/ports/0/port").asText())
        .isEqualTo(properties.getProperty("spark.ui.port"));
    assertThat(executor.at("/0/ports/0/port").asText())
        .isEqualTo(properties.getProperty("spark.blockManager.port"));
    JsonNode rendezvous = executor.at("/1/ports/0");
    String ports = rendezvous.path("port").asText() + "-" + rendezvous.path("endPort").asText();
    assertThat(texts(manifest("train-job.yaml", 0).at("/spec/template/spec/containers/0/args")))
        .contains("training.rendezvous-ports=" + ports);
    assertThat(texts(manifest("spark-application.yaml", 0).at("/spec/arguments")))
        .contains("training.rendezvous-ports=" + ports);
    JsonNode system = executor.at("/1/ports/1");
    assertThat(
            manifest("executor-template.yaml", 0)
                .at("/spec/securityContext/sysctls/0/value")
                .asText())
        .isEqualTo(system.path("port").asText() + " " + system.path("endPort").asText());
  }

  @Test
  void theOperatorGetsTheSameTemplatesAndSettings() throws Exception {
    JsonNode spec = manifest("spark-application.yaml", 0).path("spec");
    for (String pod : List.of("driver", "executor")) {
      JsonNode template = manifest(pod + "-template.yaml", 0);
      assertThat(spec.at("/" + pod + "/template/spec")).isEqualTo(template.path("spec"));
      assertThat(spec.at("/" + pod + "/template/metadata")).isEqualTo(template.path("metadata"));
    }
    Properties properties = sparkProperties();
    for (Map.Entry<String, JsonNode> entry : spec.path("sparkConf").properties()) {
      assertThat(entry.getValue().asText())
          .as(entry.getKey())
          .isEqualTo(properties.getProperty(entry.getKey()));
    }
  }

  @Test
  void jobsEndAtOnceWhereARepetitionWouldFailInTheSameWay() throws Exception {
    List<JsonNode> jobs =
        List.of(
            manifest("train-job.yaml", 0).path("spec"),
            manifest("kubernetes-cronjob.yaml", 0).at("/spec/jobTemplate/spec"));
    for (JsonNode job : jobs) {
      String container = job.at("/template/spec/containers/0/name").asText();
      JsonNode failed = rule(job, "FailJob").path("onExitCodes");
      assertThat(failed.path("containerName").asText()).isEqualTo(container);
      assertThat(failed.path("operator").asText()).isEqualTo("In");
      List<Integer> codes = list(failed.path("values")).stream().map(JsonNode::asInt).toList();
      assertThat(codes)
          .contains(ExitCode.FAILURE, ExitCode.BAD_INPUT)
          .doesNotContain(ExitCode.TRY_AGAIN, ExitCode.DONE);
      assertThat(rule(job, "Ignore").at("/onPodConditions/0/type").asText())
          .isEqualTo("DisruptionTarget");
      assertThat(job.at("/template/spec/restartPolicy").asText()).isEqualTo("Never");
      assertThat(job.path("backoffLimit").asInt()).isPositive();
    }
  }

  private static JsonNode rule(JsonNode job, String action) {
    return list(job.at("/podFailurePolicy/rules")).stream()
        .filter(rule -> rule.path("action").asText().equals(action))
        .findFirst()
        .orElseThrow();
  }
}
