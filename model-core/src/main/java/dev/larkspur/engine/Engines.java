package dev.larkspur.engine;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The engines on the class path, by the name that the setting {@code training.engine} has. */
public final class Engines {

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

  /** No engine has the name that the settings give. */
  public static final class UnknownEngineException extends EngineException {
    private static final long serialVersionUID = 1L;

    UnknownEngineException(String name, String known) {
      super(
          known.isEmpty()
              ? "training.engine = %s, but there is no engine on the class path: add the jar of one"
                  .formatted(name)
              : "training.engine = %s is unknown: use one of those on the class path (%s)"
                  .formatted(name, known));
    }
  }
}
