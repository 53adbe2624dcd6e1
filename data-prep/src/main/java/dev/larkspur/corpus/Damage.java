package dev.larkspur.corpus;

/** The remedy in messages about damaged files. */
final class Damage {
  static final String REMEDY =
      ": restore the file from an intact copy, or delete the corpus and prepare again, which"
          + " gives the same bytes.";

  /** The remedy for manifests, which cannot be prepared again beside the shards that they list. */
  static final String MANIFEST =
      ": restore the file from an intact copy. Without it, the content of the corpus is unknown;"
          + " nothing was deleted.";

  private Damage() {}
}
