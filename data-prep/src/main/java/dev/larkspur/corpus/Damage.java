package dev.larkspur.corpus;

/** How messages about damaged files end. */
final class Damage {
  static final String REMEDY =
      ": copy the file again from where it was whole, or delete the corpus and prepare again, which"
          + " gives the same bytes.";

  private Damage() {}
}
