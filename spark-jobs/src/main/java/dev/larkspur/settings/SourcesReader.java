package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.MixedSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code data.sources}, a list of groups that {@code conf/reference.conf} describes. */
final class SourcesReader {
  static final String KEY = "data.sources";

  /** The keys of a group, each with its default. */
  private static final Schema GROUP =
      new Schema(
          ConfigFactory.parseString(
              """
              # Example: web
              name = null
              # Example: ["s3a://bucket/web/*.parquet"]
              documents = null
              # Example: 0.7
              weight = null
              max-epochs = 1
              format = auto
              fields { content = content, url = url }
              """));

  private record SourceKeys(
      String name,
      List<String> documents,
      @Setting(above = 0) double weight,
      @Setting(least = 1, most = MixedSource.MOST_EPOCHS) int maxEpochs,
      DocumentFormat format,
      DocumentFields fields) {}

  private final Values values;
  private final RejectionLimits limits;
  private final Set<String> names = new HashSet<>();

  /**
   * @param limits of all sources together
   */
  SourcesReader(Values values, RejectionLimits limits) {
    this.values = values;
    this.limits = limits;
  }

  /** The sources; none if they are not set, or if something is wrong with them. */
  List<MixedSource> read() {
    Optional<ConfigList> list = values.list(KEY);
    if (list.isEmpty()) {
      return List.of();
    }
    if (list.get().size() < 2 || list.get().size() > MixedSource.MOST_SOURCES) {
      values.refuse(
          KEY,
          "must be a list of 2 to " + MixedSource.MOST_SOURCES + " sources",
          "name a single source as data.documents");
      return List.of();
    }
    List<MixedSource> sources = new ArrayList<>();
    for (int i = 0; i < list.get().size(); i++) {
      source(KEY + "[" + i + "]", list.get().get(i)).ifPresent(sources::add);
    }
    return sources.size() == list.get().size() ? sources : List.of();
  }

  private Optional<MixedSource> source(String key, ConfigValue value) {
    if (!(value instanceof ConfigObject group)) {
      values.add(
          new SettingsProblem(
              Rendered.place(value.origin()),
              key,
              Rendered.value(value),
              "is no group of settings",
              "write { name = web, documents = \"web/*.parquet\", weight = 0.7 }"));
      return Optional.empty();
    }
    Config tree = group.toConfig().withFallback(GROUP.defaults());
    Values inner = new Values(tree, GROUP);
    Optional<MixedSource> source = source(inner);
    List<SettingsProblem> problems = new ArrayList<>(GROUP.unknown(tree.root()));
    problems.addAll(inner.problems());
    for (SettingsProblem problem : problems) {
      values.add(problem.under(key + "."));
    }
    return problems.isEmpty() ? source : Optional.empty();
  }

  private Optional<MixedSource> source(Values inner) {
    for (String required : List.of("name", "documents", "weight")) {
      if (!inner.present(required)) {
        inner.missing(required);
      }
    }
    Optional<SourceKeys> keys =
        new RecordReader(inner)
            .with(DocumentFields.class, group -> DataReader.fields(inner, group))
            .read("", SourceKeys.class);
    if (inner.present("name") && !inner.refused("name")) {
      inner
          .text("name")
          .filter(name -> !names.add(name))
          .ifPresent(
              name -> inner.refuse("name", "is the name of another source", "give each its own"));
    }
    return inner.problems().isEmpty() ? keys.map(this::source) : Optional.empty();
  }

  private MixedSource source(SourceKeys keys) {
    return new MixedSource(
        keys.name(),
        keys.weight(),
        keys.maxEpochs(),
        new DocumentSource(keys.documents(), keys.format(), keys.fields(), limits));
  }
}
