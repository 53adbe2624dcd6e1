package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * What a process that measures one engine does.
 *
 * @param engine name
 * @param model to train
 * @param device to train on
 * @param precision of the matrix products
 * @param microBatch sequences of one pass
 * @param passes of one step
 * @param files directory of the vectors that processes share
 */
record EngineTask(
    String engine,
    ModelConfig model,
    Device device,
    Precision precision,
    int microBatch,
    int passes,
    String files)
    implements Serializable {

  /** The parameters that all engines begin with: 32-bit floats. */
  Path parameters() {
    return Path.of(files, "parameters");
  }

  /** This engine's gradient of the first step. */
  Path gradient() {
    return Path.of(files, "gradient-" + engine);
  }

  /** What the process is asked for; it answers each with a number. */
  enum Request {
    /** Draws parameters and writes them; answers how many they are. */
    DRAW,
    /** Reads the parameters, writes the gradient of a step; answers the loss per token. */
    GRADIENT,
    /** Does one step; answers nothing of interest. */
    STEP
  }
}
