package dev.larkspur.status;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.DifferingSetting;
import dev.larkspur.storage.BadInputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A run among others.
 *
 * @param run its directory
 * @param name its {@code run.name}; null if its settings are lost
 * @param state {@link RunState#word}
 * @param step updates done; null before the first attempt
 * @param steps updates of the complete run; null if unknown
 * @param loss newest losses; null before the first attempt
 * @param settings those in which the runs differ, by key; empty text where it has none
 */
public record ComparedRun(
    String run,
    String name,
    String state,
    Long step,
    Long steps,
    RunStatus.Losses loss,
    Map<String, String> settings) {

  public ComparedRun {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * The runs in and below a directory, in the order of their names.
   *
   * @throws BadInputException if there is none
   */
  public static List<ComparedRun> read(String directory, RunStatusReader reader) {
    List<String> paths = reader.find(directory);
    if (paths.isEmpty()) {
      throw new BadInputException(
          "there is no run in %s, and none below it: name another directory, or train first"
              .formatted(directory));
    }
    List<DifferingSetting> differing =
        DifferingSetting.of(paths.stream().map(path -> settings(path, reader)).toList());
    return IntStream.range(0, paths.size())
        .mapToObj(
            i -> {
              Map<String, String> own = new LinkedHashMap<>();
              differing.forEach(setting -> own.put(setting.key(), setting.values().get(i)));
              return of(reader.status(paths.get(i)), own);
            })
        .toList();
  }

  private static Map<String, String> settings(String path, RunStatusReader reader) {
    RunDirectory run = new RunDirectory(path, reader.hadoop());
    return run.hasFile(RunDirectory.CONFIG)
        ? DifferingSetting.values(run.readText(RunDirectory.CONFIG))
        : Map.of();
  }

  private static ComparedRun of(RunStatus status, Map<String, String> settings) {
    RunStatus.TrainingProgress progress = status.progress();
    return new ComparedRun(
        status.run(),
        status.name(),
        status.state().word(),
        progress == null ? null : progress.step(),
        progress == null ? null : progress.steps(),
        progress == null ? null : progress.loss(),
        settings);
  }
}
