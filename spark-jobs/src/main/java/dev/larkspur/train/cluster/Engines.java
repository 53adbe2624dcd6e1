package dev.larkspur.train.cluster;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.torch.TorchEngine;
import dev.larkspur.storage.BadInputException;

/** The engines by the name that {@code training.engine} knows them by. */
public final class Engines {
  private Engines() {}

  /** The engine of a name that the settings have checked. */
  public static Engine named(String name) {
    if (!name.equals("torch")) {
      throw new BadInputException("training.engine = " + name + " is unknown: use torch");
    }
    return new TorchEngine();
  }
}
