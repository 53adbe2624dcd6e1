package dev.larkspur.report;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NvidiaSmi;
import java.util.List;

/** Lists engines, and whether each of them supports the GPUs of this machine. */
public final class EnginesText {
  private static final String DL4J = "dl4j";

  private EnginesText() {}

  /** Lines, each with its end. */
  public static String of(List<Engine> engines, NvidiaSmi nvidiaSmi) {
    StringBuilder text = new StringBuilder("engines\n");
    for (Engine engine : engines) {
      text.append("  %-6s %s%n".formatted(engine.name(), engine.version()));
    }
    if (engines.stream().noneMatch(engine -> engine.name().equals(DL4J))) {
      text.append("  %-6s not available: %s%n".formatted(DL4J, Engines.remedy(DL4J)));
    }
    text.append("GPUs\n");
    try {
      int index = 0;
      for (Gpu gpu : nvidiaSmi.gpus()) {
        text.append(
            "  %-6d %s, compute capability %s%n".formatted(index++, gpu.name(), gpu.capability()));
        engines.forEach(engine -> text.append(support(engine, gpu)));
      }
    } catch (EngineException e) {
      text.append("  none: %s%n".formatted(e.getMessage()));
    }
    return text.toString();
  }

  private static String support(Engine engine, Gpu gpu) {
    return engine
        .gpuSupport(gpu)
        .map(
            support ->
                "         %-6s %s: %s%n"
                    .formatted(engine.name(), reason(support), support.reason()))
        .orElseGet(() -> "         %-6s unknown until it is loaded%n".formatted(engine.name()));
  }

  private static String reason(GpuSupport support) {
    return support.supported() ? "yes" : "no";
  }
}
