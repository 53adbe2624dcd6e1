package dev.larkspur.corpus;

/**
 * What a run of {@link PrepareJob} came to.
 *
 * @param manifest of the corpus that is there now
 * @param outcome whether this run added to it
 * @param filesTaken document files that this run took
 * @param filesKnown document files that earlier runs had taken
 */
public record PrepareResult(
    CorpusManifest manifest, Outcome outcome, int filesTaken, int filesKnown) {
  /** What the run did. */
  public enum Outcome {
    /** The corpus was written, or a part was added to it. */
    PREPARED,
    /** The corpus had all the documents already; nothing was done. */
    ALREADY_DONE
  }
}
