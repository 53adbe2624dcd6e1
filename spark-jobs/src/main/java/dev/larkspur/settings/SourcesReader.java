package dev.larkspur.settings;

import dev.larkspur.document.DocumentFields;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.MixedSource;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
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

  private final Values values;
  private final RejectionLimits limits;
  private final Set<String> names = new HashSet<>();

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
    Optional<String> name = inner.text("name");
    Optional<List<String>> documents = inner.texts("documents");
    Optional<Double> weight = inner.number("weight", Bounds.POSITIVE);
    Optional<Integer> epochs = inner.integer("max-epochs", 1, MixedSource.MOST_EPOCHS);
    Optional<DocumentFormat> format = inner.choice("format", List.of(DocumentFormat.values()));
    DocumentFields fields = FieldsReader.read(inner, "fields");
    if (name.isPresent() && !names.add(name.get())) {
      inner.refuse("name", "is the name of another source", "give each source its own");
    }
    return inner.problems().isEmpty() && name.isPresent()
        ? Optional.of(
            new MixedSource(
                name.get(),
                weight.orElseThrow(),
                epochs.orElseThrow(),
                new DocumentSource(documents.orElseThrow(), format.orElseThrow(), fields, limits)))
        : Optional.empty();
  }
}
