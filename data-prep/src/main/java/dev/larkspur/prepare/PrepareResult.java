package dev.larkspur.prepare;

import dev.larkspur.corpus.CorpusManifest;

/**
 * The result of a run of {@link PrepareJob}.
 *
 * @param manifest of the corpus as it is now
 * @param outcome whether this run added to it
 * @param filesAdded document files that this run has added
 * @param filesKnown document files that the corpus contained before
 * @param reason why nothing was added although there are new files; else empty
 */
public record PrepareResult(
    CorpusManifest manifest, Outcome outcome, int filesAdded, int filesKnown, String reason) {
  PrepareResult(CorpusManifest manifest, Outcome outcome, int filesAdded, int filesKnown) {
    this(manifest, outcome, filesAdded, filesKnown, "");
  }

  /** What the run has done. */
  public enum Outcome {
    /** The corpus was written, or a part was added to it. */
    PREPARED,
    /** The corpus contained all documents already; nothing was done. */
    ALREADY_DONE,
    /** The new documents are too few for a part; they will be added together with later ones. */
    TOO_LITTLE
  }
}
