package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The free-form subtree {@code spark} as the flat properties that Spark reads. */
final class SparkTree {
  private static final Set<String> SIZES =
      Set.of(
          "spark.task.cpus",
          "spark.executor.cores",
          "spark.executor.instances",
          "spark.executor.memory",
          "spark.executor.memoryOverhead",
          "spark.cores.max");

  private SparkTree() {}

  /** Refuses credentials, without their values. */
  static List<SettingsProblem> credentials(Config config) {
    return flatten(config).keySet().stream()
        .filter(Secrets::opensStore)
        .map(
            key ->
                new SettingsProblem(
                    "",
                    key,
                    "",
                    "credentials are no settings: those are written down with every run",
                    "leave them to Hadoop's credential providers: environment variables, a"
                        + " credential store (hadoop.security.credential.provider.path), or the"
                        + " roles of the machines"))
        .toList();
  }

  static Map<String, String> flatten(Config config) {
    Map<String, String> properties = new TreeMap<>();
    // A value in place of the group is reported by the schema.
    if (config.root().get(Schema.FREE_FORM) instanceof ConfigObject spark) {
      flatten(Schema.FREE_FORM, spark, properties);
    }
    return properties;
  }

  private static void flatten(String path, ConfigObject tree, Map<String, String> properties) {
    tree.forEach(
        (name, value) -> {
          String key = path + "." + name;
          if (value instanceof ConfigObject inner) {
            flatten(key, inner, properties);
          } else if (value.valueType() != ConfigValueType.NULL) {
            properties.put(key, text(value));
          }
        });
  }

  /** Refuses lists with items that are not text. */
  static List<SettingsProblem> unreadable(Config config) {
    List<SettingsProblem> problems = new ArrayList<>();
    if (config.root().get(Schema.FREE_FORM) instanceof ConfigObject spark) {
      unreadable(Schema.FREE_FORM, spark, problems);
    }
    return problems;
  }

  private static void unreadable(String path, ConfigObject tree, List<SettingsProblem> problems) {
    tree.forEach(
        (name, value) -> {
          String key = path + "." + name;
          if (value instanceof ConfigObject inner) {
            unreadable(key, inner, problems);
          } else if (value instanceof ConfigList list
              && !list.stream().allMatch(SparkTree::plain)) {
            problems.add(
                new SettingsProblem(
                    Rendered.place(value.origin()),
                    Rendered.shortened(key),
                    Rendered.value(value),
                    "is a list of more than texts",
                    "write a text, or a list of texts, as Spark has them"));
          }
        });
  }

  /** The properties of another user that load no code and contact no host. */
  static Config sizesOnly(Config config) {
    Config sizes = config.withoutPath(Schema.FREE_FORM);
    for (Map.Entry<String, String> property : flatten(config).entrySet()) {
      if (SIZES.contains(property.getKey())) {
        sizes =
            sizes.withValue(property.getKey(), ConfigValueFactory.fromAnyRef(property.getValue()));
      }
    }
    return sizes;
  }

  private static boolean plain(ConfigValue item) {
    return switch (item.valueType()) {
      case STRING, NUMBER, BOOLEAN -> true;
      case LIST, OBJECT, NULL -> false;
    };
  }

  private static String text(ConfigValue value) {
    return value instanceof ConfigList list
        ? list.stream()
            .filter(SparkTree::plain)
            .map(item -> item.atKey("item").getString("item"))
            .collect(Collectors.joining(","))
        : value.atKey("value").getString("value");
  }

  /** Spark and Hadoop properties that must not be written to files. */
  static final class Secrets {
    /** Credentials of a store, as the file systems of Amazon, Azure and Google name them. */
    private static final Pattern STORE =
        Pattern.compile(
            "spark\\.hadoop\\.fs\\..*"
                + "(access\\.key|secret\\.key|session\\.(key|token)|encryption[.-]key|password"
                + "|azure\\.account\\.key\\b.*|azure\\.sas\\..*|client\\.secret.*|refresh\\.token.*"
                + "|private\\.key(\\.id)?)");

    private static final String WORDS =
        "secret|passw|passphrase|[.]pass\\b|token|credentials?\\b(?![.]provider)"
            + "|(access|account|api|encryption|private|session|signing)[.-]?key";

    /**
     * What Spark ({@code spark.redaction.regex}) and Hadoop ({@code
     * hadoop.security.sensitive-config-keys}) redact by default, and synonyms. Names of credential
     * providers are not secret: they only say where credentials are.
     */
    private static final Pattern NAME =
        Pattern.compile(
            "(?i)"
                + WORDS
                + "|fs[.]s3a[.]encryption[.]algorithm|fs[.]azure[.](sas|oauth2|account[.]oauth2)"
                + "|fs[.]adl[.]oauth2|fs[.]gs[.](encryption|proxy|auth)[.]|sensitive-config-keys");

    /** Options of a JVM, and addresses with a password in them. */
    private static final Pattern VALUE =
        Pattern.compile("(?i)(" + WORDS + ")[^\\s=]*=|://[^/\\s]*:[^/\\s]*@");

    private Secrets() {}

    /** Whether a property is a credential of a store. */
    static boolean opensStore(String name) {
      return STORE.matcher(name).matches();
    }

    /** Whether a property may hold a secret. */
    static boolean mayBe(String name, String value) {
      return NAME.matcher(name).find() || VALUE.matcher(value).find();
    }
  }
}
