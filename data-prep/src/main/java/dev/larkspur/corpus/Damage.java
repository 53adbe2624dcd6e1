package dev.larkspur.corpus;

/** How messages about damaged files end. */
final class Damage {
  static final String REMEDY =
      ": copy the file again from where it was whole, or delete the corpus and prepare again, which"
          + " gives the same bytes.";

  /** Of manifests, which cannot be prepared again beside the shards that they list. */
  static final String MANIFEST =
      ": copy the file again from where it was whole. Without it, nobody knows what the corpus holds;"
          + " nothing was deleted.";

  private Damage() {}
}
