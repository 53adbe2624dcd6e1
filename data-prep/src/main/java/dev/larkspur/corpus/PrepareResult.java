package dev.larkspur.corpus;

/**
 * What a run of {@link PrepareJob} came to.
 *
 * @param manifest of the corpus that is there now
 * @param outcome whether this run made it
 */
public record PrepareResult(CorpusManifest manifest, Outcome outcome) {
  /** What the run did. */
  public enum Outcome {
    /** The corpus was written. */
    PREPARED,
    /** A finished corpus of the same settings and inputs was there; nothing was done. */
    ALREADY_DONE
  }
}
