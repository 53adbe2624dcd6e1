package dev.larkspur.engine;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The engines on the class path, by the name that the setting {@code training.engine} has. */
public final class Engines {
  /** Jars that are not part of larkspur.jar, by the name of the engine in them. */
  private static final Map<String, String> ADD_ONS = Map.of("dl4j", "larkspur-dl4j-spark-*.jar");

  private Engines() {}

  /**
   * The engine of a name, a reference included.
   *
   * @throws UnknownEngineException if none on the class path has it
   */
  public static Engine named(String name) {
    return engines()
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new UnknownEngineException(name, String.join(", ", names())));
  }

  /** The names of the engines that may train, in alphabetical order. */
  public static List<String> names() {
    return engines().filter(engine -> !engine.isReference()).map(Engine::name).sorted().toList();
  }

  private static Stream<Engine> engines() {
    return ServiceLoader.load(Engine.class, Engine.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get);
  }

  /** How to put an engine on the class path. */
  public static String remedy(String name) {
    return ADD_ONS.containsKey(name)
        ? "add %s to the class path of the driver and of the executors, with --jars of spark-submit or LARKSPUR_DL4J=1 of deploy/larkspur"
            .formatted(ADD_ONS.get(name))
        : "another engine's jar must be on the class path of the driver and of the executors";
  }

  /** The settings name an unknown engine. */
  public static final class UnknownEngineException extends EngineException {
    private static final long serialVersionUID = 1L;

    UnknownEngineException(String name, String known) {
      super(
          known.isEmpty() || ADD_ONS.containsKey(name)
              ? "training.engine = %s, but it is not on the class path: %s"
                  .formatted(name, remedy(name))
              : "training.engine = %s is unknown: use one of those on the class path (%s)"
                  .formatted(name, known));
    }
  }
}
