package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;

/**
 * What a run of {@link PrepareJob} came to.
 *
 * @param manifest of the corpus that is there now
 * @param outcome whether this run added to it
 * @param filesTaken document files that this run took
 * @param filesKnown document files that earlier runs had taken
 * @param reason why nothing was added although there are new files; else empty
 */
public record PrepareResult(
    CorpusManifest manifest, Outcome outcome, int filesTaken, int filesKnown, String reason) {
  PrepareResult(CorpusManifest manifest, Outcome outcome, int filesTaken, int filesKnown) {
    this(manifest, outcome, filesTaken, filesKnown, "");
  }

  /** What the run did. */
  public enum Outcome {
    /** The corpus was written, or a part was added to it. */
    PREPARED,
    /** The corpus had all the documents already; nothing was done. */
    ALREADY_DONE,
    /** The new documents are too few for a part; they are taken with later ones. */
    TOO_LITTLE
  }
}
