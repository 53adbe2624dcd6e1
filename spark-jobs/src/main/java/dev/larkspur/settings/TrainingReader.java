package dev.larkspur.settings;

import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings.Mode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the structured settings of {@code training} and checks them against the model. */
final class TrainingReader {
  private static final String GROUP = "training";
  private static final String TOKENS = "training.tokens";
  private static final String STEPS = "training.steps";
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?");

  private final Values values;
  private final Purpose purpose;

  TrainingReader(Values values, Purpose purpose) {
    this.values = values;
    this.purpose = purpose;
  }

  /** Empty if a part is missing or wrong. */
  Optional<TrainingSettings> read() {
    return new RecordReader(values)
        .with(TrainingLength.class, group -> length())
        .with(PortRange.class, this::ports)
        .with(SelfGuidance.Use.class, this::use)
        .read(GROUP, TrainingSettings.class);
  }

  private Optional<TrainingLength> length() {
    Optional<Long> tokens = values.wholeNumber(TOKENS, 1, TrainingSettings.MOST_TOKENS);
    Optional<Long> steps = values.wholeNumber(STEPS, 1, Long.MAX_VALUE);
    boolean hasTokens = values.present(TOKENS);
    boolean hasSteps = values.present(STEPS);
    if (hasTokens && hasSteps) {
      values.refuse(
          STEPS,
          "both it and training.tokens are set",
          "set one of the two to null, for example --set training.tokens=null");
      return Optional.empty();
    }
    if (!hasTokens && !hasSteps && purpose == Purpose.BENCHMARK) {
      return Optional.of(new TrainingLength.Steps(1));
    }
    if (!hasTokens && !hasSteps && purpose.needsModel()) {
      values.missing(STEPS, TOKENS);
    }
    return tokens
        .<TrainingLength>map(TrainingLength.Tokens::new)
        .or(() -> steps.map(TrainingLength.Steps::new));
  }

  private Optional<PortRange> ports(String key) {
    if (values.isWord(key, "auto")) {
      return Optional.of(PortRange.ANY);
    }
    Optional<String> text = values.text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher range = PORTS.matcher(text.get().strip());
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first >= 1 && first <= last && last <= PortRange.HIGHEST) {
        return Optional.of(new PortRange(first, last));
      }
    }
    values.refuse(
        key,
        "must be auto, a port or a range of ports",
        "write, for example, " + key + " = 29500-29531");
    return Optional.empty();
  }

  private Optional<SelfGuidance.Use> use(String key) {
    return values
        .flag(key)
        .map(reduces -> reduces ? SelfGuidance.Use.DRAWN : SelfGuidance.Use.ALWAYS);
  }

  /** Refuses passes that exceed an array, and guides for a model without structured networks. */
  void check(ModelSettings model, TrainingSettings training) {
    model.context().ifPresent(context -> checkPass(training.microBatch(), context));
    if (purpose.needsLearningRate()) {
      training.strategy().check(training, values);
    }
    if (training.selfGuided().mode() != Mode.OFF && !isStructured(model)) {
      values.refuse(
          "training.self-guided.mode",
          "there is nothing to guide: all feed-forward networks are dense",
          "set it to off, or choose another model.ffn.kind");
    }
  }

  /** The ids of one pass, context + 1 for each sequence, are in one array. */
  private void checkPass(int microBatch, int context) {
    int most = Integer.MAX_VALUE / (context + 1);
    if (microBatch > most) {
      values.refuse(
          "training.micro-batch",
          "passes of so many sequences of %d tokens do not fit in one array".formatted(context),
          "set it to at most " + most);
    }
  }

  private static boolean isStructured(ModelSettings model) {
    FfnConfig ffn = model.ffn();
    for (int layer = 0; layer < Math.min(2, model.layers()); layer++) {
      if (!(ffn.structureOf(layer) instanceof FfnStructure.Dense)) {
        return true;
      }
    }
    return false;
  }
}
