package dev.larkspur.settings;

import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.RejectionLimits;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns a merged tree into records, or into the list of everything that is wrong with it. */
final class SettingsReader {
  /** The 256 bytes and the end-of-text token. */
  private static final int LEAST_VOCABULARY = 257;

  /** What data preparation accepts. */
  static final int LARGEST_CONTEXT = 1 << 20;

  /** Products of widths and layers are counted in 64 bits. */
  static final int LARGEST_WIDTH = 1 << 20;

  static final int LARGEST_FFN_WIDTH = 4 * LARGEST_WIDTH;
  static final int MOST_LAYERS = 10_000;

  /** What data preparation accepts. */
  private static final int MOST_SHARDS = 100_000;

  private static final Pattern PATH_SEPARATOR = Pattern.compile("/");

  private final Schema schema;
  private final Values values;
  private final Purpose purpose;

  SettingsReader(Config tree, Schema schema, Purpose purpose) {
    this.schema = schema;
    this.values = new Values(tree, schema);
    this.purpose = purpose;
  }

  /**
   * The settings.
   *
   * @throws SettingsException with all problems
   */
  Settings read() {
    List<SettingsProblem> broken = schema.brokenGroups(values.tree().root());
    if (!broken.isEmpty()) {
      throw new SettingsException(broken);
    }
    RunSettings run = run();
    DataSettings data = data();
    TokenizerSettings tokenizer = tokenizer();
    ModelSettings model = new ModelReader(values, purpose).read().orElse(null);
    OptionalInt context = model == null ? OptionalInt.empty() : model.context();
    TrainingSettings training = new TrainingReader(values, purpose, context).read().orElse(null);
    SelfGuidedReader.check(values, model, training);
    CheckpointSettings checkpoint = checkpoint();
    ScalingSettings scaling = new ScalingReader(values).read();
    if (purpose == Purpose.PREPARE) {
      requireDocuments();
    }
    purpose.requiredKeys().stream().filter(key -> !values.present(key)).forEach(values::missing);

    new PathCheck(values).check(purpose.pathKeys());

    List<SettingsProblem> problems = new ArrayList<>(schema.unknown(values.tree().root()));
    problems.addAll(values.problems());
    problems.addAll(SparkTree.credentials(values.tree()));
    problems.addAll(SparkTree.unreadable(values.tree()));
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return new Settings(
        run,
        data,
        tokenizer,
        model,
        training,
        checkpoint,
        scaling,
        SparkTree.flatten(values.tree()),
        values.tree());
  }

  /** Keys that reading asked for. */
  Set<String> readKeys() {
    return values.read();
  }

  private RunSettings run() {
    Optional<String> dir = values.text("run.dir");
    Optional<String> name = values.text("run.name");
    return new RunSettings(
        dir.orElse(null),
        name.or(() -> dir.map(SettingsReader::lastPart)).orElse(null),
        seed("run.seed"),
        values.flag("run.start-over").orElse(false));
  }

  private static String lastPart(String path) {
    List<String> parts =
        PATH_SEPARATOR.splitAsStream(path).filter(part -> !part.isEmpty()).toList();
    return parts.isEmpty() ? path : parts.get(parts.size() - 1);
  }

  private DataSettings data() {
    RejectionLimits limits = limits();
    return new DataSettings(
        values.texts("data.documents").orElse(null),
        values.text("data.corpus").orElse(null),
        values.choice("data.format", List.of(DocumentFormat.values())).orElse(DocumentFormat.AUTO),
        values.text("data.tokenizer").orElse(null),
        values.text("data.end-of-text").orElse(null),
        values.integer("data.context", 1, LARGEST_CONTEXT).orElse(0),
        values.number("data.validation-fraction", Bounds.PROPER_SHARE).orElse(0.0),
        values.integer("data.shards", 1, MOST_SHARDS).orElse(0),
        seed("data.seed"),
        FieldsReader.read(values, "data.fields"),
        limits,
        new CurationReader(values).read(),
        new SourcesReader(values, limits).read());
  }

  private RejectionLimits limits() {
    Optional<Long> records = values.whole("data.rejected.records", 0, RejectionLimits.UNLIMITED);
    Optional<Double> share = values.number("data.rejected.share", Bounds.SHARE);
    return new RejectionLimits(
        share.isPresent() ? RejectionLimits.UNLIMITED : records.orElse(0L),
        share.orElse(1.0),
        values.integer("data.rejected.damages", 0).orElse(0),
        values
            .bytes("data.max-document-bytes", 1, RejectionLimits.MOST_DOCUMENT_BYTES)
            .orElse(RejectionLimits.AUTOMATIC));
  }

  private void requireDocuments() {
    if (!values.present("data.documents") && !values.present(SourcesReader.KEY)) {
      values.missing("data.documents", SourcesReader.KEY);
    } else if (values.present("data.documents") && values.present(SourcesReader.KEY)) {
      values.refuse(
          SourcesReader.KEY, "both it and data.documents are set", "set one of them to null");
    }
  }

  private TokenizerSettings tokenizer() {
    return new TokenizerSettings(
        values.integer("tokenizer.vocabulary", LEAST_VOCABULARY).orElse(0),
        values.text("tokenizer.out").orElse(null));
  }

  private CheckpointSettings checkpoint() {
    return new CheckpointSettings(
        values.integer("checkpoint.every", 1).orElse(0),
        values.integer("checkpoint.keep", 1).orElse(0),
        values.integer("checkpoint.keep-every", 0).orElse(0));
  }

  // A wrong value is reported, and no settings are made of what stands in for it here.
  private long seed(String key) {
    return values.whole(key, Long.MIN_VALUE, Long.MAX_VALUE).orElse(0L);
  }
}
