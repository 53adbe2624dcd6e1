package dev.larkspur.curate;

import dev.larkspur.document.DocumentPlace;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A document that goes because another one stays.
 *
 * @param part index of the part that holds it
 * @param place where it was read
 * @param reason name of the rule
 */
record Duplicate(int part, DocumentPlace place, String reason)
    implements Comparable<Duplicate>, Serializable {
  private static final Comparator<Duplicate> ORDER =
      Comparator.comparingInt(Duplicate::part).thenComparing(Duplicate::place);

  @Override
  public int compareTo(Duplicate other) {
    return ORDER.compare(this, other);
  }
}
