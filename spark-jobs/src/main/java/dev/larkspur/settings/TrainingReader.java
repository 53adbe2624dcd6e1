package dev.larkspur.settings;

import dev.larkspur.engine.Precision;
import java.util.List;
import java.util.Optional;

/** Reads and checks {@code training}. */
final class TrainingReader {
  private enum EngineName {
    TORCH
  }

  private final Values values;
  private final Purpose purpose;

  TrainingReader(Values values, Purpose purpose) {
    this.values = values;
    this.purpose = purpose;
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
    Optional<Double> clip = values.number("training.gradient-clip", Bounds.POSITIVE);
    Optional<Integer> validationEvery = values.integer("training.validation-every", 1);
    Optional<Integer> validationSequences = values.integer("training.validation-sequences", 1);
    Optional<Integer> logEvery = values.integer("training.log-every", 1);
    Optional<ExchangeSettings> exchange = new ExchangeReader(values).read();
    if (globalBatch.isPresent()) {
      checkBatches(globalBatch.get(), workers, microBatch);
    }
    if (values.problems().size() > problemsBefore || length.isEmpty() || learningRate.isEmpty()) {
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
            learningRate.get(),
            warmup.orElseThrow(),
            finalRatio.orElseThrow(),
            decay.orElseThrow(),
            betas.orElseThrow().get(0),
            betas.orElseThrow().get(1),
            clip.orElseThrow(),
            validationEvery.orElseThrow(),
            validationSequences.orElseThrow(),
            logEvery.orElseThrow(),
            exchange.orElseThrow()));
  }

  private Optional<TrainingLength> length() {
    Optional<Long> tokens = values.whole("training.tokens", 1, Long.MAX_VALUE);
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
          "%d workers cannot share a global batch of %d sequences"
              .formatted(workers.get(), globalBatch),
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
}
