import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads manifests by the classes of the Kubernetes client, for tests. Java runs this file as it is.
 *
 * <p>{@code Manifests DIRECTORY FILE...} writes the documents of each file to {@code
 * DIRECTORY/FILE.json}. It exits with 1 where a document has a field that its kind does not have.
 */
final class Manifests {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1 Pod", Pod.class,
          "v1 ServiceAccount", ServiceAccount.class,
          "batch/v1 Job", Job.class,
          "batch/v1 CronJob", CronJob.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
          "rbac.authorization.k8s.io/v1 Role", Role.class,
          "rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class);
  private static final String SPARK_APPLICATION = "sparkoperator.k8s.io/v1beta2 SparkApplication";

  /** Of the operator's API, for which no library has classes. */
  private static final Set<String> SPARK_APPLICATION_FIELDS =
      words(
          "type mode sparkVersion image imagePullPolicy imagePullSecrets mainClass"
              + " mainApplicationFile",
          "arguments sparkConf hadoopConf sparkConfigMap hadoopConfigMap volumes driver executor"
              + " deps",
          "restartPolicy nodeSelector memoryOverheadFactor monitoring batchScheduler",
          "timeToLiveSeconds batchSchedulerOptions sparkUIOptions dynamicAllocation");

  private static final Set<String> RESTART_FIELDS =
      words(
          "type onSubmissionFailureRetries onFailureRetries onSubmissionFailureRetryInterval",
          "onFailureRetryInterval");
  private static final Set<String> SPARK_POD_FIELDS =
      words(
          "template cores coreRequest coreLimit memory memoryOverhead gpu image env envFrom labels",
          "annotations volumeMounts serviceAccount instances javaOptions deleteOnTermination");

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
              .build());

  static {
    YAML.registerModule(
        new SimpleModule()
            .setDeserializerModifier(
                new BeanDeserializerModifier() {
                  private static final long serialVersionUID = 1L;

                  @Override
                  public BeanDeserializerBuilder updateBuilder(
                      DeserializationConfig config,
                      BeanDescription description,
                      BeanDeserializerBuilder builder) {
                    // The classes keep what they do not know; without this, Jackson refuses it.
                    builder.setAnySetter(null);
                    return builder;
                  }
                }));
  }

  private Manifests() {}

  public static void main(String[] arguments) throws IOException {
    boolean wrong = false;
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    for (String name : Arrays.asList(arguments).subList(1, arguments.length)) {
      Path file = Path.of(name);
      try (MappingIterator<JsonNode> documents =
          YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
        List<JsonNode> all = documents.readAll();
        for (JsonNode document : all) {
          check(document);
        }
        Files.writeString(
            directory.resolve(file.getFileName() + ".json"),
            new ObjectMapper().writeValueAsString(all));
      } catch (IOException | IllegalArgumentException e) {
        System.out.println(file + ": " + e.getMessage());
        wrong = true;
      }
    }
    System.exit(wrong ? 1 : 0);
  }

  private static void check(JsonNode document) throws IOException {
    String kind = document.path("apiVersion").asText() + " " + document.path("kind").asText();
    if (kind.equals(SPARK_APPLICATION)) {
      JsonNode spec = document.path("spec");
      known(spec, SPARK_APPLICATION_FIELDS);
      known(spec.path("restartPolicy"), RESTART_FIELDS);
      for (String pod : List.of("driver", "executor")) {
        known(spec.path(pod), SPARK_POD_FIELDS);
        YAML.treeToValue(spec.path(pod).path("template"), PodTemplateSpec.class);
      }
      return;
    }
    if (!KINDS.containsKey(kind)) {
      throw new IllegalArgumentException("there is no class for " + kind);
    }
    YAML.treeToValue(document, KINDS.get(kind));
  }

  private static void known(JsonNode object, Set<String> fields) {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!fields.contains(name)) {
                throw new IllegalArgumentException("unknown field " + name);
              }
            });
  }

  private static Set<String> words(String... lines) {
    return Stream.of(lines)
        .flatMap(line -> Stream.of(line.split(" ", -1)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
