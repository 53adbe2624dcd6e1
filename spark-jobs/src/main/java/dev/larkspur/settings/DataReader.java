package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.larkspur.curate.CurationRule;
import dev.larkspur.curate.CurationRule.BadWords;
import dev.larkspur.curate.CurationRule.BlockedUrls;
import dev.larkspur.curate.CurationRule.C4Rules;
import dev.larkspur.curate.CurationRule.ExactDuplicates;
import dev.larkspur.curate.CurationRule.GopherQuality;
import dev.larkspur.curate.CurationRule.GopherRepetition;
import dev.larkspur.curate.CurationRule.LanguageRule;
import dev.larkspur.curate.CurationRule.NearDuplicates;
import dev.larkspur.curate.CurationSettings;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.prepare.PrepareSettings.MixedSource;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the values of {@code data} that depend on several settings. */
final class DataReader {
  private static final String GROUP = "data";

  private record LimitKeys(
      @Setting(least = 0, most = Long.MAX_VALUE) long records,
      @Setting(least = 0, most = 1) OptionalDouble share,
      @Setting(least = 0) int damages,
      @Setting(
              key = ".data.max-document-bytes",
              bytes = true,
              least = 1,
              most = RejectionLimits.MOST_DOCUMENT_BYTES)
          OptionalLong documentBytes) {}

  private final Values values;

  DataReader(Values values) {
    this.values = values;
  }

  /** Empty if a part is wrong. */
  Optional<DataSettings> read() {
    return new RecordReader(values)
        .with(DocumentFields.class, group -> fields(values, group))
        .with(RejectionLimits.class, this::limits)
        .with(CurationSettings.class, group -> Optional.of(new CurationReader(values).read()))
        .withList(MixedSource.class, key -> Optional.of(sources()))
        .read(GROUP, DataSettings.class);
  }

  /** Names of document fields, which must differ. */
  static Optional<DocumentFields> fields(Values values, String group) {
    Optional<String> content = values.text(group + ".content");
    Optional<String> url = values.text(group + ".url");
    if (content.isPresent() && content.equals(url)) {
      values.refuse(group + ".url", "is the field of the text", "name another field");
      return Optional.empty();
    }
    return content.flatMap(text -> url.map(address -> new DocumentFields(text, address)));
  }

  private List<MixedSource> sources() {
    RejectionLimits limits = limits(GROUP + ".rejected").orElse(RejectionLimits.USUAL);
    return new SourcesReader(values, limits).read();
  }

  private Optional<RejectionLimits> limits(String group) {
    return new RecordReader(values)
        .read(group, LimitKeys.class)
        .map(
            keys ->
                new RejectionLimits(
                    keys.share().isPresent() ? RejectionLimits.UNLIMITED : keys.records(),
                    keys.share().orElse(1),
                    keys.damages(),
                    keys.documentBytes().orElse(RejectionLimits.AUTOMATIC)));
  }

  /** Reads {@code data.sources}, a list of groups that {@code conf/reference.conf} describes. */
  static final class SourcesReader {
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
     * @param limits limits for all sources together
     */
    SourcesReader(Values values, RejectionLimits limits) {
      this.values = values;
      this.limits = limits;
    }

    /** The sources; none if they are not set or not valid. */
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

  /** Reads {@code data.curation}; every key is read, including those of rules that are off. */
  private static final class CurationReader {
    private static final String GROUP = "data.curation.";

    /** Ranges of thresholds that are not fractions, by component name. */
    private static final Map<String, Range> RANGES =
        Map.of(
            "maxWords", Range.from(1),
            "minMeanWordLength", Range.from(0),
            "maxMeanWordLength", Range.from(0),
            "maxSymbolRatio", Range.from(0),
            "maxWordLength", Range.from(1),
            "ngram", Range.from(1),
            "bands", Range.from(1).to(255),
            "rows", Range.from(1));

    private final Values values;
    private final RecordReader records;
    private final List<CurationRule> rules = new ArrayList<>();

    CurationReader(Values values) {
      this.values = values;
      this.records = new RecordReader(values).with(GopherQuality.Words.class, key -> words());
    }

    CurationSettings read() {
      values.text(GROUP + "url-blocklist").map(BlockedUrls::new).ifPresent(rules::add);
      language();
      thresholds("gopher-repetition", GopherRepetition.class);
      thresholds("gopher-quality", GopherQuality.class);
      thresholds("c4", C4Rules.class);
      values.text(GROUP + "bad-words").map(BadWords::new).ifPresent(rules::add);
      if (on("exact-duplicates")) {
        rules.add(new ExactDuplicates());
      }
      thresholds("near-duplicates", NearDuplicates.class);
      return new CurationSettings(
          rules,
          on("keep-dropped") ? CurationSettings.Dropped.KEEP : CurationSettings.Dropped.COUNT);
    }

    private void language() {
      Optional<Double> confidence =
          values.number(GROUP + "language.min-confidence", Range.FRACTION);
      Optional<List<String>> languages = values.texts(GROUP + "language.languages");
      languages.ifPresent(
          codes -> confidence.ifPresent(least -> rules.add(new LanguageRule(codes, least))));
    }

    private <R extends Record & CurationRule> void thresholds(String name, Class<R> type) {
      Optional<R> rule = records.read(GROUP + name, type, ranges(type));
      if (on(name + ".enabled")) {
        rule.ifPresent(rules::add);
      }
    }

    /** Thresholds that are a nested record in Java but not a nested group in the settings. */
    private Optional<GopherQuality.Words> words() {
      return records.read(
          GROUP + "gopher-quality", GopherQuality.Words.class, ranges(GopherQuality.Words.class));
    }

    private static Map<String, Range> ranges(Class<?> type) {
      Map<String, Range> ranges = new HashMap<>(RANGES);
      for (RecordComponent threshold : type.getRecordComponents()) {
        boolean counts = threshold.getType() == int.class;
        ranges.putIfAbsent(threshold.getName(), counts ? Range.from(0) : Range.FRACTION);
      }
      return ranges;
    }

    private boolean on(String key) {
      return values.flag(GROUP + key).orElse(false);
    }
  }
}
