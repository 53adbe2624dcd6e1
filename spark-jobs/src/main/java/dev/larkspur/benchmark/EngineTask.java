package dev.larkspur.benchmark;

import dev.larkspur.benchmark.StepBenchmark.Workload.Load;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.ExchangeSettings;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The task of a process that measures one engine.
 *
 * @param engine name
 * @param model to train
 * @param device to train on
 * @param precision of the matrix products
 * @param load what a step trains on
 * @param exchange how several workers exchange gradients
 * @param files directory of the vectors that the processes exchange
 */
record EngineTask(
    String engine,
    ModelConfig model,
    Device device,
    Precision precision,
    Load load,
    ExchangeSettings exchange,
    String files)
    implements Serializable {

  /** File of the initial parameters of all engines, 32-bit floats. */
  Path parameters() {
    return Path.of(files, "parameters");
  }

  /** File of this engine's gradient in the first step, 32-bit floats. */
  Path gradient() {
    return Path.of(files, "gradient-%s-%s".formatted(engine, precision));
  }

  /** The precision as settings and reports name it. */
  String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Tokens of one worker's step. */
  long stepTokens() {
    return (long) load.microBatch() * load.passes() * model.context();
  }

  /** The largest matrix products of a pass: those of a dense FFN and of the head. */
  List<GemmWorkload.Shape> products() {
    int tokens = load.microBatch() * model.context();
    return List.of(
        new GemmWorkload.Shape(tokens, model.hiddenDim(), model.ffn().dim()),
        new GemmWorkload.Shape(tokens, model.ffn().dim(), model.hiddenDim()),
        new GemmWorkload.Shape(tokens, model.hiddenDim(), model.vocabulary()));
  }

  /** Requests to the process; it answers each with a value in JSON. */
  enum Request {
    /** Draws the initial parameters and writes them; the answer is their number. */
    DRAW,
    /**
     * Reads the parameters and writes the gradient of a step; the answer is the loss per token, in
     * nats.
     */
    GRADIENT,
    /** Runs one step; the answer has no meaning. */
    STEP,
    /** Runs one step and times its parts; the answer is a {@link PartClock.PartTimes}. */
    PARTS,
    /**
     * Runs steps for at least a second; the answer is an array of {@link
     * OperatorSampler.OperatorTime}, by descending time.
     */
    PROFILE,
    /**
     * Measures the exchange of several workers, and nothing else in this process; the answer is an
     * {@link ExchangeTime}.
     */
    EXCHANGE,
    /**
     * Measures the {@link #products}, and nothing else in this process; the answer is an array of
     * operations per second.
     */
    PRODUCTS
  }
}
