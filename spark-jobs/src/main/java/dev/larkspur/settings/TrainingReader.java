package dev.larkspur.settings;

import dev.larkspur.engine.Precision;
import dev.larkspur.settings.TrainingSettings.Recovery;
import dev.larkspur.settings.TrainingSettings.Stability;
import dev.larkspur.settings.TrainingSettings.TrainingLength;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and checks {@code training}. */
final class TrainingReader {
  private enum EngineName {
    TORCH
  }

  /** Fewer losses have no spread to speak of. */
  private static final int LEAST_WINDOW = 10;

  /** Each checkpoint holds them. */
  private static final int LARGEST_WINDOW = 10_000;

  /** Tokens of them are still counted in 64 bits, whatever the context. */
  private static final long MOST_SEQUENCES = 1L << 42;

  private static final long MOST_TOKENS = 1L << 62;

  private final Values values;
  private final Purpose purpose;
  private final OptionalInt context;

  /**
   * @param context tokens of one sequence; empty: the corpus's
   */
  TrainingReader(Values values, Purpose purpose, OptionalInt context) {
    this.values = values;
    this.purpose = purpose;
    this.context = context;
  }

  /** Empty if a part is missing or wrong. */
  Optional<TrainingSettings> read() {
    int problemsBefore = values.problems().size();
    Optional<EngineName> engine = values.choice("training.engine", List.of(EngineName.TORCH));
    Optional<DeviceChoice> device =
        values.choice("training.device", List.of(DeviceChoice.values()));
    Optional<Precision> precision =
        values.choice("training.precision", List.of(Precision.FP32, Precision.BF16));
    Optional<Integer> workers = values.integerOrAuto("training.workers", 1);
    Optional<Integer> threads = values.integerOrAuto("training.threads-per-worker", 1);
    Optional<TrainingLength> length = length();
    Optional<Integer> globalBatch = values.integer("training.global-batch", 1);
    Optional<Integer> microBatch = values.integer("training.micro-batch", 1);
    Optional<Double> learningRate = values.number("training.learning-rate", Bounds.POSITIVE);
    Optional<Double> warmup = values.number("training.warmup-fraction", Bounds.SHARE);
    Optional<Double> finalRatio = values.number("training.final-learning-rate-ratio", Bounds.SHARE);
    Optional<Double> decay = values.number("training.weight-decay", Bounds.NOT_NEGATIVE);
    Optional<List<Double>> betas = values.numbers("training.betas", 2, Bounds.SHARE_BELOW_ONE);
    Optional<Double> clip = values.numberOrNone("training.gradient-clip", Bounds.POSITIVE);
    Optional<Integer> validationEvery = values.integer("training.validation-every", 1);
    Optional<Integer> validationSequences = values.integer("training.validation-sequences", 1);
    Optional<Integer> logEvery = values.integer("training.log-every", 1);
    Optional<Recovery> recovery = recovery();
    Optional<Stability> stability = stability();
    Optional<ExchangeSettings> exchange = new ExchangeReader(values).read();
    Optional<SelfGuidedSettings> selfGuided = new SelfGuidedReader(values).read();
    if (globalBatch.isPresent()) {
      checkBatches(globalBatch.get(), workers, microBatch);
      boolean repeats =
          selfGuided
              .filter(guided -> guided.mode() == SelfGuidedSettings.Mode.FIXED_FLOP)
              .isPresent();
      length.ifPresent(given -> checkLength(given, globalBatch.get(), repeats ? 2 : 1));
    }
    if (microBatch.isPresent() && context.isPresent()) {
      checkPass(microBatch.get(), context.getAsInt());
    }
    if (values.problems().size() > problemsBefore
        || length.isEmpty()
        || (learningRate.isEmpty() && purpose.needsLearningRate())) {
      return Optional.empty();
    }
    return Optional.of(
        new TrainingSettings(
            Values.word(engine.orElseThrow()),
            device.orElseThrow(),
            precision.orElseThrow(),
            ModelReader.optional(workers),
            ModelReader.optional(threads),
            length.get(),
            globalBatch.orElseThrow(),
            microBatch.orElseThrow(),
            learningRate.orElse(Double.NaN),
            warmup.orElseThrow(),
            finalRatio.orElseThrow(),
            decay.orElseThrow(),
            betas.orElseThrow().get(0),
            betas.orElseThrow().get(1),
            clip.orElseThrow(),
            validationEvery.orElseThrow(),
            validationSequences.orElseThrow(),
            logEvery.orElseThrow(),
            recovery.orElseThrow(),
            stability.orElseThrow(),
            exchange.orElseThrow(),
            selfGuided.orElseThrow()));
  }

  private Optional<Recovery> recovery() {
    Optional<Integer> restarts = values.integer("training.max-restarts", 0);
    Optional<Duration> delay = values.duration("training.restart-delay", Duration.ZERO);
    Optional<Duration> slots = values.duration("training.slots-wait", Duration.ZERO);
    return restarts.flatMap(
        most -> delay.flatMap(first -> slots.map(wait -> new Recovery(most, first, wait))));
  }

  private Optional<Stability> stability() {
    Optional<Integer> skipped = values.integer("training.max-skipped", 0);
    Optional<Double> zScore = values.number("training.loss-spike-z-score", Bounds.NOT_NEGATIVE);
    Optional<Integer> window =
        values.integer("training.loss-spike-window", LEAST_WINDOW, LARGEST_WINDOW);
    return skipped.flatMap(
        most -> zScore.flatMap(z -> window.map(losses -> new Stability(most, z, losses))));
  }

  private Optional<TrainingLength> length() {
    Optional<Long> tokens = values.whole("training.tokens", 1, MOST_TOKENS);
    Optional<Long> steps = values.whole("training.steps", 1, Long.MAX_VALUE);
    boolean hasTokens = values.present("training.tokens");
    boolean hasSteps = values.present("training.steps");
    if (hasTokens && hasSteps) {
      values.refuse(
          "training.steps",
          "both it and training.tokens are set",
          "set one of the two to null, for example --set training.tokens=null");
      return Optional.empty();
    }
    if (!hasTokens && !hasSteps && purpose == Purpose.BENCHMARK) {
      return Optional.of(new TrainingLength.Steps(1));
    }
    if (!hasTokens && !hasSteps && purpose.needsModel()) {
      values.missing("training.steps", "training.tokens");
    }
    return tokens
        .<TrainingLength>map(TrainingLength.Tokens::new)
        .or(() -> steps.map(TrainingLength.Steps::new));
  }

  private void checkBatches(
      int globalBatch, Optional<Integer> workers, Optional<Integer> microBatch) {
    if (workers.isPresent() && globalBatch % workers.get() != 0) {
      values.refuse(
          "training.workers",
          "%s cannot share a global batch of %s"
              .formatted(Count.of(workers.get(), "worker"), Count.of(globalBatch, "sequence")),
          "set it to one of " + Divisors.of(globalBatch));
      return;
    }
    // With workers = auto one worker is the least, so a pass must at least divide the whole.
    int share = globalBatch / workers.orElse(1);
    if (microBatch.isPresent() && share % microBatch.get() != 0) {
      values.refuse(
          "training.micro-batch",
          Divisors.shareMessage(share, workers.orElse(1), microBatch.get()),
          "set it to one of " + Divisors.of(share));
    }
  }

  /**
   * Refuses lengths that 64 bits cannot count.
   *
   * @param times that a token is taken, at most
   */
  private void checkLength(TrainingLength length, int globalBatch, int times) {
    long most = MOST_SEQUENCES / globalBatch / times;
    if (length instanceof TrainingLength.Tokens tokens && tokens.count() > MOST_TOKENS / times) {
      values.refuse(
          "training.tokens",
          "more tokens than can be counted, as the guided ones are repeated",
          "set it to at most " + MOST_TOKENS / times);
    }
    if (length instanceof TrainingLength.Steps steps && steps.count() > most) {
      values.refuse(
          "training.steps",
          "steps of %s (training.global-batch) are more sequences than can be counted"
              .formatted(Count.of(globalBatch, "sequence")),
          "set it to at most " + most);
    }
  }

  /** The ids of one pass, a label more than the context, are one array. */
  private void checkPass(int microBatch, int context) {
    int most = Integer.MAX_VALUE / (context + 1);
    if (microBatch > most) {
      values.refuse(
          "training.micro-batch",
          "passes of so many sequences of %d tokens do not fit in one array".formatted(context),
          "set it to at most " + most);
    }
  }
}
