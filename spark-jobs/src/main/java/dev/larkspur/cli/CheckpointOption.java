package dev.larkspur.cli;

import dev.larkspur.checkpoint.CheckpointException;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.RunDirectory;
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
   * @throws CheckpointException if there is none
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
                new CheckpointException(
                    "%s holds no checkpoint of step %d; there are those of %s"
                        .formatted(runDir, step, store.steps())));
  }
}
