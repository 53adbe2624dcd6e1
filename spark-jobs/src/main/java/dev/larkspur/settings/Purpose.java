package dev.larkspur.settings;

import java.util.List;
import java.util.stream.Stream;

/** What the settings are for, which decides which of them are required. */
public enum Purpose {
  /** Writing sample documents, or only accessing a file system. */
  SAMPLE,
  /** Learning a tokenizer, building a corpus and training a model. */
  QUICKSTART,
  /** Learning a tokenizer from documents. */
  LEARN_TOKENIZER,
  /** Building a corpus from documents. */
  PREPARE,
  /** Training a model on a corpus. */
  TRAIN,
  /** Training a grid of models on a corpus. */
  SCALING,
  /** Estimating the cost of such a grid. */
  PLAN_SCALING,
  /** Measuring a trained model on a corpus. */
  EVALUATE,
  /** Continuing text with a trained model. */
  GENERATE,
  /** Estimating the cost of a training. */
  DESCRIBE,
  /** Benchmarking some steps of a training. */
  BENCHMARK;

  private static final List<String> MODEL =
      List.of("model.hidden-dim", "model.layers", "model.query-heads");

  /** Keys that must have a value. */
  List<String> requiredKeys() {
    List<String> own =
        switch (this) {
          case SAMPLE -> List.of();
          case QUICKSTART ->
              List.of(
                  "data.documents", "data.tokenizer", "tokenizer.out", "data.corpus", "run.dir");
          case LEARN_TOKENIZER -> List.of("data.documents", "tokenizer.out");
          case PREPARE -> List.of("data.corpus", "data.tokenizer");
          case TRAIN -> List.of("run.dir", "data.corpus");
          case SCALING ->
              List.of("run.dir", "data.corpus", ScalingReader.SIZES, ScalingReader.KINDS);
          case PLAN_SCALING -> List.of("run.dir", ScalingReader.SIZES, ScalingReader.KINDS);
          case EVALUATE -> List.of("data.corpus");
          case GENERATE, DESCRIBE, BENCHMARK -> List.of();
        };
    Stream<String> model = needsModel() ? MODEL.stream() : Stream.of();
    Stream<String> rate = needsLearningRate() ? Stream.of("training.learning-rate") : Stream.of();
    return Stream.of(own.stream(), model, rate).flatMap(keys -> keys).toList();
  }

  /** Keys of the paths that are read or written; those of earlier steps may be unreachable. */
  List<String> pathKeys() {
    return switch (this) {
      case SAMPLE, GENERATE, DESCRIBE, BENCHMARK, PLAN_SCALING -> List.of();
      case QUICKSTART ->
          List.of(
              "data.documents",
              "data.curation.url-blocklist",
              "data.tokenizer",
              "tokenizer.out",
              "data.corpus",
              "run.dir");
      case LEARN_TOKENIZER -> List.of("data.documents", "tokenizer.out");
      case PREPARE ->
          List.of("data.documents", "data.curation.url-blocklist", "data.tokenizer", "data.corpus");
      case TRAIN, SCALING -> List.of("data.tokenizer", "data.corpus", "run.dir");
      case EVALUATE -> List.of("data.corpus");
    };
  }

  /** A value that a command reads although its purpose does not require it. */
  static <T> T demanded(String key, T value) {
    if (value == null) {
      throw new IllegalStateException(key + " is not set, and this command does not require it");
    }
    return value;
  }

  /** Whether one training runs with exactly these settings. */
  boolean needsLearningRate() {
    return this == QUICKSTART || this == TRAIN;
  }

  /** Whether the model and the training must be complete. */
  boolean needsModel() {
    return switch (this) {
      case SAMPLE, LEARN_TOKENIZER, PREPARE, SCALING, PLAN_SCALING -> false;
      case QUICKSTART, TRAIN, EVALUATE, GENERATE, DESCRIBE, BENCHMARK -> true;
    };
  }
}
