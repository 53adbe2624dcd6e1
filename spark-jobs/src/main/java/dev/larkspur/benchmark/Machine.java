package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Precision;
import java.util.Locale;

/**
 * The machine that a measurement ran on, as reports name it.
 *
 * @param engine name and version of the library
 * @param device processor and its threads
 * @param precision of the matrix products
 */
public record Machine(String engine, String device, String precision) {
  static Machine of(Engine engine, Device device, Precision precision) {
    return new Machine(
        engine.name() + " " + engine.version(),
        device.type() == Device.Type.CPU
            ? "cpu, %d threads".formatted(device.threads())
            : "cuda " + device.index(),
        precision.name().toLowerCase(Locale.ROOT));
  }
}
