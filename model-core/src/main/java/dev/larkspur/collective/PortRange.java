package dev.larkspur.collective;

import java.io.Serializable;

/**
 * TCP ports to choose from.
 *
 * @param first of them; 0 for any that the system has free
 * @param last of them, included
 */
public record PortRange(int first, int last) implements Serializable {
  /** The highest port there is. */
  public static final int HIGHEST = 65_535;

  /** Whichever the system has free. */
  public static final PortRange ANY = new PortRange(0, 0);

  /** Checks that the range is not empty. */
  public PortRange {
    if (first < 0 || first > last || last > HIGHEST) {
      throw new IllegalArgumentException("ports %d to %d".formatted(first, last));
    }
  }

  @Override
  public String toString() {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }
}
