package dev.larkspur.cli;

import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.safetensors.SafetensorsException;

import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** Which checkpoint of a run is meant. */
final class CheckpointOption {
  @Option(
      names = "--step",
      paramLabel = "N",
      description = "Take the checkpoint after step N (the newest by default).")
  private Long step;

  /**
   * The checkpoint.
   *
   * @param warnings told of newer ones that are damaged
   * @throws SafetensorsException if there is none
   */
  Checkpoint find(String runDir, Configuration hadoop, Consumer<String> warnings) {
    if (step == null) {
      return EvaluationJob.newestCheckpoint(runDir, hadoop, warnings);
    }
    CheckpointStore store = new CheckpointStore(new RunDirectory(runDir, hadoop));
    return store
        .at(step)
        .orElseThrow(
            () ->
                new SafetensorsException(
                    "%s holds no checkpoint of step %d; there are those of %s"
                        .formatted(runDir, step, store.steps())));
  }
}
