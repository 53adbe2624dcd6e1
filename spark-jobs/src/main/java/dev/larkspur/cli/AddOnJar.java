package dev.larkspur.cli;

import com.typesafe.config.Config;
import dev.larkspur.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The add-on jar with the engine dl4j, for commands that need it.
 *
 * @param command words of the command line
 * @param choice what {@code LARKSPUR_DL4J} says: 0 never, empty where it is needed, else always
 */
record AddOnJar(List<String> command, String choice) {
  private static final String NAME = "dl4j";

  AddOnJar {
    command = List.copyOf(command);
  }

  static AddOnJar of(List<String> command, Map<String, String> environment) {
    return new AddOnJar(command, environment.getOrDefault("LARKSPUR_DL4J", ""));
  }

  /** The jar if it is needed and on the class path; a command that lacks it says so itself. */
  Optional<Path> neededBy(Settings settings) {
    return isNeededBy(settings) ? SparkOptions.jarOfEngine(NAME) : Optional.empty();
  }

  boolean isNeededBy(Settings settings) {
    return choice.isEmpty()
        ? command.stream().anyMatch(AddOnJar::names) || chosenBy(settings.resolved())
        : !choice.equals("0");
  }

  /**
   * Whether a word is about engines, or names a command that only learns the engine from a model.
   */
  private static boolean names(String word) {
    return word.matches("doctor|import|--engines=.*dl4j.*|(.*,)?dl4j(,.*)?|--compression.*");
  }

  private static boolean chosenBy(Config settings) {
    return settings.getString("training.engine").equals(NAME)
        || settings.getString("training.strategy").startsWith(NAME)
        || settings.getString("training.exchange.compression").equals("threshold");
  }
}
